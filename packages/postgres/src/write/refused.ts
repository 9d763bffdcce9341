import type { RejectedSpan, SpanRow } from '@agentops/otlp';
import type { Refused } from './batch.ts';

/** Ids of a row that is refused may be anything, of any length. */
const LONGEST_ID = 64;
const LONGEST_USER = 256;
/** Characters of a payload: larger ones are not kept. */
const LONGEST_PAYLOAD = 1_000_000;

/** A refused row as its sender is told of it. */
export function rejectionOf({ row, reason }: Refused): RejectedSpan {
  return { trace_id: row.trace_id, span_id: row.span_id, reason };
}

/** Refused rows as the JSON text that `SET_ASIDE` reads. */
export function encodeRefused(refused: readonly Refused[]): string {
  return JSON.stringify(
    refused.map(({ row: { row }, reason }) => ({
      trace_id: plain(row.trace_id).slice(0, LONGEST_ID),
      span_id: plain(row.span_id).slice(0, LONGEST_ID),
      user_id: row.user_id === null ? null : plain(row.user_id).slice(0, LONGEST_USER),
      reason: plain(reason),
      payload: payloadOf(row),
    })),
  );
}

/** The row as JSON text, in which what no text of the database can hold is escaped; null where it is too long. */
function payloadOf(row: SpanRow): string | null {
  const payload = JSON.stringify(row, (_, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  );
  return payload.length > LONGEST_PAYLOAD ? null : payload;
}

/** The text without what the database refuses in one. */
function plain(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\u2400');
}
