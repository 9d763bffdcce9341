/** Why a server could not start. Stable; to be matched on. */
export type ServerErrorCode = 'invalid_options' | 'address_unavailable' | 'keys_required';

/** A server that could not start: `code` to match on, a message that says what was wrong and what to do. */
export class ServerError extends Error {
  override readonly name = 'ServerError';
  readonly code: ServerErrorCode;

  constructor(code: ServerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
