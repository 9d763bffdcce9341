import { AgentOpsError, type AgentOpsErrorCode } from '../errors.ts';

/** What can become of a request to the backend's API, other than its document. */
export type ApiErrorCode = Extract<AgentOpsErrorCode, `api_${string}`>;

export interface ApiErrorDetails {
  /** Without credentials and query. */
  readonly url: string;
  readonly status?: number | undefined;
  readonly reason?: string | undefined;
  readonly cause?: unknown;
}

/**
 * A request that the backend's API did not answer with its document. `code` says on which side the fault is: nobody
 * answered (`api_unreachable`), the backend refused (`api_refused`), or what answered is something else
 * (`api_invalid_answer`).
 */
export class AgentOpsApiError extends AgentOpsError {
  override readonly name = 'AgentOpsApiError';
  declare readonly code: ApiErrorCode;
  /** What was asked for, without credentials and query. */
  readonly url: string;
  /** Of the HTTP answer; undefined where there was none. */
  readonly status: number | undefined;
  /** The backend's own code: `not_found`, `unauthorized`, `invalid_query`, … Undefined where what answered gave none. */
  readonly reason: string | undefined;

  constructor(code: ApiErrorCode, message: string, { url, status, reason, cause }: ApiErrorDetails) {
    super(code, message, cause === undefined ? undefined : { cause });
    this.url = url;
    this.status = status;
    this.reason = reason;
  }
}
