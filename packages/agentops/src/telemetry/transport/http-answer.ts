import type { SendResult } from '../exporters/sender.ts';
import type { Answer } from './destination.ts';

/** Answers that the OTLP specification allows to send again: the server is busy, or away. */
export const RETRYABLE = new Set([429, 502, 503, 504]);

export interface HttpJudgement {
  /** Stands in messages. */
  readonly url: string;
  /** What an answer of success says of the batch; undefined where it is none of this kind of destination. */
  readonly confirm: (answer: Answer) => SendResult | undefined;
  /** What to look at when the credentials were refused. */
  readonly credentials: string;
  /** What the endpoint should be, as in "is it …?". */
  readonly expected: string;
}

/** What an HTTP answer says about the batch. */
export function judgeHttp(
  answer: Answer,
  { url, confirm, credentials, expected }: HttpJudgement,
): SendResult {
  const { status, headers, body } = answer;
  const isSuccess = status >= 200 && status < 300;
  const confirmed = isSuccess ? confirm(answer) : undefined;
  if (confirmed !== undefined) return confirmed;
  const message = `${url} answered ${status}`;
  if (RETRYABLE.has(status)) {
    const retryAfterMs = parseRetryAfter(headers['retry-after']);
    return { outcome: 'retry', message, ...(retryAfterMs !== undefined && { retryAfterMs }) };
  }
  if (status === 413) return { outcome: 'too_large', message };
  if (status === 401 || status === 403) return { outcome: 'barred', message: `${message}: ${credentials}` };
  const said = new TextDecoder().decode(body.subarray(0, 200));
  return { outcome: 'refused', message: `${message}: is it ${expected}? ${said}` };
}

/** Milliseconds from a `Retry-After`: seconds, or an HTTP date. */
export function parseRetryAfter(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}
