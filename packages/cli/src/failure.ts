/** A command that cannot go on: the message says what was wrong and what to do, and is all the user is shown. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';
}

/** True where the embedded database belongs to another process. */
export function isLocked(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'locked';
}

/** What an error says, and what its causes add to that. */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { message, cause } = error;
  const because = cause === undefined ? '' : explain(cause);
  return because === '' || message.includes(because) ? message : `${message} (${because})`;
}
