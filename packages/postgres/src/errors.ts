/**
 * Why the store refused:
 * `unavailable` the database cannot be reached or is overloaded, and the same call may succeed later;
 * `invalid_query` a parameter of a read is wrong; `locked` another process has the data directory open;
 * `newer_schema` a newer program has migrated the database; `internal` anything else.
 */
export type StoreErrorCode = 'unavailable' | 'invalid_query' | 'locked' | 'newer_schema' | 'internal';

/** The one error every method of the store rejects with. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Connection exceptions, transaction rollbacks, insufficient resources, operator intervention. */
const TRANSIENT_CLASSES = new Set(['08', '40', '53', '57']);
/** Data exceptions, integrity violations, program limits: the fault of a row. */
const DATA_CLASSES = new Set(['22', '23', '54']);
const CONFLICTS = new Set(['40001', '40P01']);
const READ_ONLY_TRANSACTION = '25006';
const NO_CONNECTION = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EPIPE',
  'ETIMEDOUT',
]);
/** A character that no text of the database can hold, such as NUL: rows are JSON and fail in another way. */
const IMPOSSIBLE_CHARACTER = '22021';
/** The driver reports a lost or late connection by message alone. */
const LOST_CONNECTION =
  /^(connection terminated|timeout exceeded when trying to connect|client has encountered)/i;

/** The SQLSTATE or system error code of a failure, where it has one. */
export function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

/** What a thrown value says, whatever it is. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Whether a row of the statement can never be stored, however often it is sent. */
export function isDataError(error: unknown): boolean {
  const code = codeOf(error);
  return code?.length === 5 && DATA_CLASSES.has(code.slice(0, 2));
}

/** Whether the transaction lost against a concurrent one and can be run again as it is. */
export function isConflict(error: unknown): boolean {
  return CONFLICTS.has(codeOf(error) ?? '');
}

function isTransient(error: unknown): boolean {
  const code = codeOf(error);
  if (code === undefined) return LOST_CONNECTION.test(messageOf(error));
  // A server that was demoted to a standby refuses writes until the client reaches the new primary.
  if (NO_CONNECTION.has(code) || code === READ_ONLY_TRANSACTION) return true;
  // The socket of a server that is down, unlike a file this program needs.
  if (code === 'ENOENT') return (error as NodeJS.ErrnoException).syscall === 'connect';
  return code.length === 5 && TRANSIENT_CLASSES.has(code.slice(0, 2));
}

/** Any failure below the store as the typed error its caller sees; the original is its `cause`. */
export function toStoreError(error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  const code = codeOf(error);
  const detail = `${messageOf(error)}${code === undefined ? '' : ` (${code})`}`;
  const options = { cause: error };
  if (isTransient(error)) {
    return new StoreError('unavailable', `The database is not available, try again: ${detail}`, options);
  }
  if (code === IMPOSSIBLE_CHARACTER) {
    return new StoreError(
      'invalid_query',
      `A parameter holds a character no text can hold: ${detail}`,
      options,
    );
  }
  return new StoreError('internal', `The store failed: ${detail}`, options);
}
