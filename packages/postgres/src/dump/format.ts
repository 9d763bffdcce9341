import { StoreError } from '../errors.ts';

/*
 * A dump is text, one JSON object a line: first `{"agentops_dump":1,"schema":5}`, then a line for each row, named by its
 * table, `{"spans":{"project_id":…}}`, and last the number of rows of each table, `{"end":{"spans":123,…}}`. Rows are as
 * PostgreSQL writes them as JSON, so any of the engines reads them, and jq does too. What can be computed is left out.
 */

const FORMAT = 1;

/** The tables in a dump, in their order; what identifies a row of theirs, with the type. */
export const DUMPED = {
  api_keys: { id: 'uuid' },
  rejected_spans: { project_id: 'text', trace_id: 'text', span_id: 'text' },
  spans: { project_id: 'text', trace_id: 'text', span_id: 'text', day: 'date' },
} as const satisfies Record<string, Record<string, string>>;

/** A table that is in a dump. */
export type DumpedTable = keyof typeof DUMPED;

/** How many rows of each table a dump has. */
export type DumpCounts = Record<DumpedTable, number>;

/** Nothing yet. */
export const noRows = (): DumpCounts => ({ api_keys: 0, rejected_spans: 0, spans: 0 });

/** The first line. */
export function headerOf(schema: number): string {
  return `{"agentops_dump":${FORMAT},"schema":${schema}}\n`;
}

/** The line of a row, which is JSON text. */
export function lineOf(table: DumpedTable, row: string): string {
  return `{"${table}":${row}}\n`;
}

/** The last line. */
export function endOf(counts: DumpCounts): string {
  return `${JSON.stringify({ end: counts })}\n`;
}

/** What a line of a dump says. `text` is the row as it was written: numbers in it may be too large for JavaScript. */
export type DumpLine =
  | { is: 'row'; table: DumpedTable; row: Record<string, unknown>; text: string }
  | { is: 'end'; counts: DumpCounts };

/** The schema version that the first line names. Throws a `StoreError` where it is no first line of a dump. */
export function readHeader(line: string | undefined): number {
  const header = objectIn(line ?? '');
  if (typeof header?.agentops_dump !== 'number' || typeof header.schema !== 'number') {
    throw invalidDump('it is no dump of this program: its first line does not say so');
  }
  if (header.agentops_dump > FORMAT) throw invalidDump('a newer release has made it; upgrade this one');
  return header.schema;
}

/** @param number Of the line, for the error. */
export function readLine(line: string, number: number): DumpLine {
  const object = objectIn(line);
  const [[name, value] = []] = Object.entries(object ?? {});
  if (name === 'end') return { is: 'end', counts: value as DumpCounts };
  if (name === undefined || !isDumped(name) || typeof value !== 'object' || value === null) {
    throw invalidDump(`line ${number} is damaged`);
  }
  const text = line.slice(`{"${name}":`.length, line.lastIndexOf('}'));
  return { is: 'row', table: name, row: value as Record<string, unknown>, text };
}

/** What is said of a file that cannot be restored. */
export function invalidDump(why: string): StoreError {
  return new StoreError('invalid_dump', `The dump cannot be restored: ${why}`);
}

function isDumped(name: string): name is DumpedTable {
  return Object.hasOwn(DUMPED, name);
}

function objectIn(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
