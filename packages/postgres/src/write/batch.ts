import { dayOfTrace, type SpanRow } from '@agentops/otlp';
import type { DayRange } from './accepted-days.ts';

/** A row with the day it is stored under. */
export interface DatedRow extends SpanRow {
  day: string;
}

/** A row that can never be stored. */
export interface Refused {
  row: SpanRow;
  reason: string;
}

/** The rows of one write, each span once and in the order of their keys. */
export interface Batch {
  rows: DatedRow[];
  refused: Refused[];
}

const MAX_BIGINT = 2n ** 63n - 1n;
const MAX_SESSION_ID = 256;
const TRACE_ID = /^[0-9a-f]{32}$/;

/**
 * Makes a batch of `rows`: of the same span the finished one wins, and of two live snapshots the later. Sorted, because
 * writers that lock the same rows in the same order cannot deadlock.
 *
 * @param accepted The days that may be stored; any where it is left out.
 */
export function batchOf(rows: readonly SpanRow[], accepted?: DayRange): Batch {
  const distinct = new Map<string, DatedRow>();
  const refused: Refused[] = [];
  for (const row of rows) {
    const flaw = unstorable(row);
    const day = flaw === undefined ? dayOfTrace(row.trace_id, row.start_time) : '';
    const reason = flaw ?? outside(day, accepted);
    if (reason !== undefined) {
      refused.push({ row, reason });
      continue;
    }
    const key = `${row.trace_id}${row.span_id}${day}`;
    const earlier = distinct.get(key);
    if (earlier === undefined || earlier.end_time === null) distinct.set(key, { ...row, day });
  }
  const sorted = [...distinct].sort(([a], [b]) => (a < b ? -1 : 1));
  return { rows: sorted.map(([, row]) => row), refused };
}

/** Why a row would break the totals of every other one, if it would: the database itself finds the rest. */
function unstorable(row: SpanRow): string | undefined {
  if (!TRACE_ID.test(row.trace_id)) return 'trace_id is not 32 lower-case hex digits';
  for (const name of ['start_time', 'end_time'] as const) {
    const time = row[name];
    if (time !== null && (time < 0n || time > MAX_BIGINT))
      return `${name} ${time} is not a 64-bit time in ns`;
  }
  if (row.session_id.length > MAX_SESSION_ID) return `session_id is longer than ${MAX_SESSION_ID} characters`;
  return undefined;
}

function outside(day: string, accepted: DayRange | undefined): string | undefined {
  if (accepted === undefined || (day >= accepted.first && day <= accepted.last)) return undefined;
  return `its day ${day} is not from ${accepted.first} to ${accepted.last}, which are accepted: a clock is wrong, or it is old data, which has to be imported`;
}

/** The marks of a batch as JSON text: one for each session in each trace, with the days its spans are stored under. */
export function encodeMarks(rows: readonly DatedRow[]): string {
  const marks = new Map<
    string,
    { trace_id: string; session_id: string; first_day: string; last_day: string }
  >();
  for (const { trace_id, session_id, day } of rows) {
    const key = trace_id + session_id;
    const mark = marks.get(key);
    if (mark === undefined) marks.set(key, { trace_id, session_id, first_day: day, last_day: day });
    else if (day < mark.first_day) mark.first_day = day;
    else if (day > mark.last_day) mark.last_day = day;
  }
  return JSON.stringify([...marks.values()]);
}
