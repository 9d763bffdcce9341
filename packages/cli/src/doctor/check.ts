/** What one check found. */
export interface Check {
  readonly status: 'ok' | 'warning' | 'failure';
  /** What was looked at. */
  readonly subject: string;
  /** What was found. */
  readonly message: string;
  /** What to do, where something is to be done. */
  readonly advice?: string;
}

export function ok(subject: string, message: string): Check {
  return { status: 'ok', subject, message };
}

export function warning(subject: string, message: string, advice: string): Check {
  return { status: 'warning', subject, message, advice };
}

export function failure(subject: string, message: string, advice: string): Check {
  return { status: 'failure', subject, message, advice };
}
