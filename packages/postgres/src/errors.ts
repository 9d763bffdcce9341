/**
 * Why the store refused:
 * `unavailable` the database cannot be reached or is overloaded, and the same call may succeed later;
 * `timeout` a read took longer than it may; `invalid_query` a parameter is wrong; `locked` another process has the data directory open;
 * `newer_schema` a newer program has migrated the database, `older_schema` none of this version has;
 * `not_empty` a dump is to be restored over data, `invalid_dump` there is something wrong with the dump;
 * `invalid_options` it cannot be set up so; `internal` anything else.
 */
export type StoreErrorCode =
  | 'unavailable'
  | 'timeout'
  | 'invalid_query'
  | 'locked'
  | 'newer_schema'
  | 'older_schema'
  | 'not_empty'
  | 'invalid_dump'
  | 'invalid_options'
  | 'internal';

/** The one error every method of the store rejects with. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  /** Whether the same call may succeed later. */
  get retryable(): boolean {
    return this.code === 'unavailable';
  }

  /**
   * Whether whatever is sent is refused until somebody changes something: a password, a right, a name, the schema, TLS. What is to be
   * stored is not at fault and should be kept.
   */
  get barred(): boolean {
    return SET_UP.has(this.code) || (this.code === 'internal' && isOfSetUp(this.cause));
  }
}

const SET_UP: ReadonlySet<StoreErrorCode> = new Set(['newer_schema', 'older_schema', 'invalid_options']);
/** The driver reports what it cannot agree upon with the server by message alone. */
const NO_AGREEMENT = /^SASL|\bSSL\b/;

/** Connection exceptions, transaction rollbacks, insufficient resources, operator intervention. */
const TRANSIENT_CLASSES = new Set(['08', '40', '53', '57']);
/** Data exceptions, integrity violations, program limits: the fault of a row. */
const DATA_CLASSES = new Set(['22', '23', '54']);
const CONFLICTS = new Set(['40001', '40P01']);
/** `lock_timeout` has passed. */
const LOCK_NOT_AVAILABLE = '55P03';
const QUERY_CANCELLED = '57014';
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

/** What to do about a failure, by its code. */
const ADVICE: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'check that PostgreSQL runs at this host and port',
  ENOTFOUND: 'check the name of the host',
  EAI_AGAIN: 'check the name of the host',
  SELF_SIGNED_CERT_IN_CHAIN: "give the authority that signed the server's certificate (tls.ca)",
  DEPTH_ZERO_SELF_SIGNED_CERT: "give the server's certificate as the authority (tls.ca)",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "give the authority that signed the server's certificate (tls.ca)",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "give the authority that signed the server's certificate (tls.ca)",
  ERR_TLS_CERT_ALTNAME_INVALID: 'connect by a name the certificate has, or give that name (tls.serverName)',
  '25006': 'name the primary server, or let this user write',
  '28P01': 'check the user and the password',
  '28000': "check the user, the TLS mode and the server's pg_hba.conf",
  '3D000': 'create the database, or name another',
  '3F000': 'let the schema be made (migrate: true), or name the one that is there',
  '42P01': 'somebody has dropped it: restore it, or drop the whole schema and let it be made again',
  '42710': 'something else has that name: name another table (table), or a schema for these alone (schema)',
  '42P07': 'something else has that name: name another table (table), or a schema for these alone (schema)',
  '42703': 'somebody has changed the table: restore it, or drop the whole schema and let it be made again',
  '42501': 'grant this user the right, or migrate the schema as one who has it and set migrate: false',
  '53100': 'free space on its disk',
  '53300': 'raise max_connections, or lower the pool size',
  '57014': 'raise statement_timeout for this user, or write smaller batches',
};

/** What a read is answered that was stopped after `limit` ms. */
export function tooSlow(limit: number, cause?: unknown): StoreError {
  return new StoreError(
    'timeout',
    `The query was stopped after ${limit.toLocaleString('en')} ms: ask for less at once, or let queries take longer`,
    { cause },
  );
}

/** Whether the server stopped the statement: `statement_timeout` has passed, or somebody asked it to. */
export function isCancelled(error: unknown): boolean {
  return codeOf(error) === QUERY_CANCELLED;
}

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

/** Whether there was no server to talk to: how it is talked to makes no difference. */
export function isUnreachable(error: unknown): boolean {
  const code = codeOf(error);
  return code === undefined ? LOST_CONNECTION.test(messageOf(error)) : NO_CONNECTION.has(code);
}

/** Whether the server, or the way to it, refused and no row is at fault. A fault of this program has no code. */
function isOfSetUp(error: unknown): boolean {
  return codeOf(error) === undefined ? NO_AGREEMENT.test(messageOf(error)) : !isDataError(error);
}

function isTransient(error: unknown): boolean {
  const code = codeOf(error);
  if (code === undefined) return LOST_CONNECTION.test(messageOf(error));
  // A server that was demoted to a standby refuses writes until the client reaches the new primary.
  if (NO_CONNECTION.has(code) || code === READ_ONLY_TRANSACTION || code === LOCK_NOT_AVAILABLE) return true;
  // The socket of a server that is down, unlike a file this program needs.
  if (code === 'ENOENT') return (error as NodeJS.ErrnoException).syscall === 'connect';
  return code.length === 5 && TRANSIENT_CLASSES.has(code.slice(0, 2));
}

/** Any failure below the store as the typed error its caller sees; the original is its `cause`. */
export function toStoreError(error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  const code = codeOf(error);
  const advice = ADVICE[code ?? ''];
  const detail = [`${messageOf(error)}${code === undefined ? '' : ` (${code})`}`, advice]
    .filter((part) => part !== undefined)
    .join('; ');
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
