import type { DayRange } from './accepted-days.ts';
import type { Incoming } from './incoming.ts';

/** A row that can never be stored. */
export interface Refused {
  row: Incoming;
  reason: string;
}

/** The rows of one write, each span once and in the order of their keys. */
export interface Batch {
  rows: Incoming[];
  refused: Refused[];
}

/**
 * Makes a batch of `rows`: of the same span the finished one wins, and of two live snapshots the later. Sorted, because
 * writers that lock the same rows in the same order cannot deadlock.
 *
 * @param accepted The days that may be stored; any where it is left out.
 */
export function batchOf(rows: readonly Incoming[], accepted?: DayRange): Batch {
  const sorted: Incoming[] = [];
  const refused: Refused[] = [];
  const names = new DayNames();
  for (const row of rows) {
    const reason = row.flaw ?? outside(names.of(row.day), accepted);
    if (reason === undefined) sorted.push(row);
    else refused.push({ row, reason });
  }
  return { rows: distinct(sorted.sort(byKey)), refused };
}

function byKey(a: Incoming, b: Incoming): number {
  return compare(a.trace_id, b.trace_id) || compare(a.span_id, b.span_id) || a.day - b.day;
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** @param sorted with the rows of one key in the order they came */
function distinct(sorted: readonly Incoming[]): Incoming[] {
  const kept: Incoming[] = [];
  for (const row of sorted) {
    const last = kept.at(-1);
    if (last === undefined || byKey(last, row) !== 0) kept.push(row);
    else if (!last.isFinished) kept[kept.length - 1] = row;
  }
  return kept;
}

const MS_PER_DAY = 86_400_000;

/** Days as `YYYY-MM-DD`; a batch has few. */
class DayNames {
  readonly #names = new Map<number, string>();

  of(day: number): string {
    let name = this.#names.get(day);
    if (name === undefined) {
      name = new Date(day * MS_PER_DAY).toISOString().slice(0, 10);
      this.#names.set(day, name);
    }
    return name;
  }
}

/** The days that rows are stored under, as `YYYY-MM-DD`. */
export function daysOf(rows: readonly Incoming[]): string[] {
  const names = new DayNames();
  return Array.from(new Set(rows.map(({ day }) => day)), (day) => names.of(day));
}

function outside(day: string, accepted: DayRange | undefined): string | undefined {
  if (accepted === undefined || (day >= accepted.first && day <= accepted.last)) return undefined;
  return `its day ${day} is not from ${accepted.first} to ${accepted.last}, which are accepted: a clock is wrong, or it is old data, which has to be imported`;
}

interface Mark {
  trace_id: string;
  session_id: string;
  first_day: number;
  last_day: number;
}

/** The marks of a batch as JSON text: one for each session in each trace, with the days its spans are stored under. */
export function encodeMarks(rows: readonly Incoming[]): string {
  const marks: Mark[] = [];
  /** Where those of the last row's trace begin: the rows of a trace come together. */
  let ofTrace = 0;
  for (const { trace_id, session_id, day } of rows) {
    if (marks[ofTrace]?.trace_id !== trace_id) ofTrace = marks.length;
    let at = ofTrace;
    while (at < marks.length && marks[at]?.session_id !== session_id) at += 1;
    const mark = marks[at];
    if (mark === undefined) marks.push({ trace_id, session_id, first_day: day, last_day: day });
    else if (day < mark.first_day) mark.first_day = day;
    else if (day > mark.last_day) mark.last_day = day;
  }
  const names = new DayNames();
  return JSON.stringify(
    marks.map(({ first_day, last_day, ...mark }) => ({
      ...mark,
      first_day: names.of(first_day),
      last_day: names.of(last_day),
    })),
  );
}
