import type { Answer } from '../telemetry/transport/destination.ts';
import { parseRetryAfter, RETRYABLE } from '../telemetry/transport/http-answer.ts';
import { AgentOpsApiError } from './api-error.ts';

/** Larger answers are not read: they would not fit into memory as objects. */
export const MAX_DOCUMENT_BYTES = 256 * 1024 * 1024;

/** What is asked for. */
export interface ApiQuestion {
  /** As it stands in messages. */
  readonly url: string;
  /** Whether a document is of the kind that is answered there. */
  readonly isAnswer: (document: object) => boolean;
}

/** An answer, or that there was none. */
export type ApiOutcome =
  | { readonly document: object }
  | {
      readonly error: AgentOpsApiError;
      /** Whether the same request may succeed later. */
      readonly mayPass: boolean;
      readonly retryAfterMs?: number | undefined;
    };

const REMEDIES: Readonly<Record<number, string>> = {
  401: 'the API key is missing, wrong or revoked; set apiKey',
  403: 'the API key does not open this',
  407: 'a proxy in between wants credentials',
};

/** What an HTTP answer says. */
export function judgeAnswer(answer: Answer, question: ApiQuestion): ApiOutcome {
  const { status } = answer;
  return status >= 200 && status < 300 ? readDocument(answer, question) : readRefusal(answer, question);
}

function readDocument({ status, body }: Answer, { url, isAnswer }: ApiQuestion): ApiOutcome {
  const failed = (problem: string, cause?: unknown): ApiOutcome => ({
    error: new AgentOpsApiError('api_invalid_answer', `GET ${url} answered ${problem}`, {
      url,
      status,
      cause,
    }),
    mayPass: false,
  });
  if (body.length === MAX_DOCUMENT_BYTES) return failed('more than 256 MiB; ask for less at once');
  let document: unknown;
  try {
    document = JSON.parse(new TextDecoder().decode(body));
  } catch (cause) {
    return failed(`${beginningOf(body)}, which is no JSON; is it an AgentOps backend?`, cause);
  }
  if (typeof document === 'object' && document !== null && isAnswer(document)) return { document };
  return failed(`${beginningOf(body)}, which is no document of this API; is it an AgentOps backend?`);
}

function readRefusal({ status, headers, body }: Answer, { url }: ApiQuestion): ApiOutcome {
  const refusal = refusalIn(body);
  const advice = refusal?.message ?? adviceFor(status, headers, body);
  const error = new AgentOpsApiError('api_refused', `GET ${url} answered ${status}: ${advice}`, {
    url,
    status,
    reason: refusal?.code,
  });
  // A query that took too long once takes too long again.
  const mayPass = RETRYABLE.has(status) && refusal?.code !== 'query_timeout';
  return { error, mayPass, retryAfterMs: parseRetryAfter(headers['retry-after']) };
}

/** What the backend said; undefined where something else spoke, such as a proxy. */
function refusalIn(body: Uint8Array): { code: string; message: string } | undefined {
  try {
    const { error } = JSON.parse(new TextDecoder().decode(body));
    if (typeof error.code === 'string' && typeof error.message === 'string') return error;
  } catch {
    // Words of somebody else's.
  }
  return undefined;
}

function adviceFor(status: number, { location }: Answer['headers'], body: Uint8Array): string {
  if (status >= 300 && status < 400) {
    return `it redirects to ${location ?? 'elsewhere'}; make that the endpoint, redirects are not followed`;
  }
  if (RETRYABLE.has(status)) return 'the backend is busy or away; try again later';
  return REMEDIES[status] ?? `is it an AgentOps backend? It said ${beginningOf(body)}`;
}

/** For messages. */
function beginningOf(body: Uint8Array): string {
  const text = new TextDecoder().decode(body.subarray(0, 200)).trim();
  return text === '' ? 'nothing' : JSON.stringify(body.length > 200 ? `${text}…` : text);
}

/** That there was no answer at all. */
export function noAnswer(url: string, origin: string, reason: string, cause: unknown): ApiOutcome {
  const message = `cannot reach ${origin}: ${reason}; is the backend running, and is that its address?`;
  return { error: new AgentOpsApiError('api_unreachable', message, { url, cause }), mayPass: true };
}
