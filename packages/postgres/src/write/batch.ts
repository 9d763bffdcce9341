import { dayNumberOfTrace, type SpanRow } from '@agentops/otlp';
import type { DayRange } from './accepted-days.ts';

/** A row with the day it is stored under. */
export interface DatedRow {
  row: SpanRow;
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
  const sorted: DatedRow[] = [];
  const refused: Refused[] = [];
  const names = new Map<number, string>();
  for (const row of rows) {
    const flaw = unstorable(row);
    const day = flaw === undefined ? nameOf(dayNumberOfTrace(row.trace_id, row.start_time), names) : '';
    const reason = flaw ?? outside(day, accepted);
    if (reason === undefined) sorted.push({ row, day });
    else refused.push({ row, reason });
  }
  return { rows: distinct(sorted.sort(byKey)), refused };
}

function byKey(a: DatedRow, b: DatedRow): number {
  return (
    compare(a.row.trace_id, b.row.trace_id) || compare(a.row.span_id, b.row.span_id) || compare(a.day, b.day)
  );
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** @param sorted with the rows of one key in the order they came */
function distinct(sorted: readonly DatedRow[]): DatedRow[] {
  const kept: DatedRow[] = [];
  for (const dated of sorted) {
    const last = kept.at(-1);
    if (last === undefined || byKey(last, dated) !== 0) kept.push(dated);
    else if (last.row.end_time === null) kept[kept.length - 1] = dated;
  }
  return kept;
}

const MS_PER_DAY = 86_400_000;

/** The day as `YYYY-MM-DD`; a batch has few. */
function nameOf(day: number, names: Map<number, string>): string {
  let name = names.get(day);
  if (name === undefined) {
    name = new Date(day * MS_PER_DAY).toISOString().slice(0, 10);
    names.set(day, name);
  }
  return name;
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

interface Mark {
  trace_id: string;
  session_id: string;
  first_day: string;
  last_day: string;
}

/** The marks of a batch as JSON text: one for each session in each trace, with the days its spans are stored under. */
export function encodeMarks(rows: readonly DatedRow[]): string {
  const marks: Mark[] = [];
  /** Of the trace that the last row belongs to: the rows of a trace come together. */
  let ofTrace: Mark[] = [];
  for (const { row, day } of rows) {
    const { trace_id, session_id } = row;
    if (ofTrace[0]?.trace_id !== trace_id) ofTrace = [];
    const mark = ofTrace.find((known) => known.session_id === session_id);
    if (mark === undefined) {
      const added = { trace_id, session_id, first_day: day, last_day: day };
      ofTrace.push(added);
      marks.push(added);
    } else if (day < mark.first_day) mark.first_day = day;
    else if (day > mark.last_day) mark.last_day = day;
  }
  return JSON.stringify(marks);
}
