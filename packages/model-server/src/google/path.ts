/** Whether a path is one of this protocol's. */
export function isGooglePath(path: string): boolean {
  return /^\/v1(beta\d*|alpha)?\/.*:\w+$/.test(path);
}

/** The model that a path names. */
export function modelIn(path: string): string {
  return /\/models\/([^:/]+):/.exec(path)?.[1] ?? '';
}

/** What a path asks of the model. */
export function actionIn(path: string): string {
  return path.slice(path.lastIndexOf(':') + 1);
}
