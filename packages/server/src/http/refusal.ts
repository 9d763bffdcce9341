/** What a refusal says beside its code and message. */
export interface RefusalDetails {
  /** Seconds after which the same request may succeed; set only where it may. */
  retryAfter?: number;
  headers?: Record<string, string>;
  cause?: unknown;
}

/** A request that is not served, and why: the one error behind the API's answers and the receiver's alike. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly retryAfter: number | undefined;

  constructor(status: number, code: string, message: string, details: RefusalDetails = {}) {
    super(message, { cause: details.cause });
    this.status = status;
    this.code = code;
    this.retryAfter = details.retryAfter;
    this.headers = {
      ...details.headers,
      ...(details.retryAfter !== undefined && { 'retry-after': String(details.retryAfter) }),
    };
  }
}
