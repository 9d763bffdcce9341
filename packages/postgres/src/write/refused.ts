import type { RejectedSpan, SpanRow, UnstorableSpan } from '@agentops/otlp';
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

/** A refused row as it is set aside. */
export function unstorableOf({ row: { row }, reason }: Refused): UnstorableSpan {
  return { trace_id: row.trace_id, span_id: row.span_id, reason, row };
}

/** Spans as the JSON text that `SET_ASIDE` reads. Of those with the same ids the last: one statement can write a row only once. */
export function encodeUnstorable(spans: readonly UnstorableSpan[]): string {
  const byIds = new Map<string, object>();
  for (const { trace_id, span_id, reason, row } of spans) {
    const ids = {
      trace_id: plain(trace_id).slice(0, LONGEST_ID),
      span_id: plain(span_id).slice(0, LONGEST_ID),
    };
    byIds.set(JSON.stringify(ids), {
      ...ids,
      user_id: row?.user_id == null ? null : plain(row.user_id).slice(0, LONGEST_USER),
      reason: plain(reason),
      payload: row === undefined ? null : payloadOf(row),
    });
  }
  return JSON.stringify([...byIds.values()]);
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
