import { type Engine, type Queryable, transact } from '../engines/engine.ts';
import { StoreError } from '../errors.ts';
import { newerSchema, schemaVersions } from '../schema/migrations.ts';
import { Partitions } from '../schema/partitions.ts';
import {
  DUMPED,
  type DumpCounts,
  type DumpedTable,
  type DumpLine,
  invalidDump,
  noRows,
  readHeader,
  readLine,
} from './format.ts';

/** How a dump is restored. */
export interface RestoreOptions {
  /** Restores into a store that holds data already; a row that is in both stays one row. */
  force?: boolean | undefined;
}

type Row = Extract<DumpLine, { is: 'row' }>;

/** Characters and rows of one transaction. */
const BATCH_LENGTH = 4_000_000;
const BATCH_ROWS = 1_000;

/**
 * Puts the rows of a dump into the store, batch by batch, each with the marks by which its totals are computed anew. One
 * that broke off can be run again with `force`. Throws a `StoreError`: `not_empty`, `invalid_dump` or `newer_schema`.
 */
export async function restore(
  engine: Engine,
  lines: AsyncIterable<string>,
  { force = false }: RestoreOptions = {},
): Promise<DumpCounts> {
  if (!force) await requireEmpty(engine);
  const counts = noRows();
  const partitions = new Partitions(engine);
  const columns = await columnsOf(engine);
  const put = async (batch: readonly Row[]) => {
    const [first] = batch;
    if (first === undefined) return;
    if (first.table === 'spans') await partitions.ensure(new Set(batch.map(({ row }) => String(row.day))));
    await transact(engine, (tx) => insert(tx, first.table, columns[first.table], batch));
    counts[first.table] += batch.length;
  };

  let expected: DumpCounts | undefined;
  let batch: Row[] = [];
  let length = 0;
  for await (const line of readAll(engine, lines)) {
    if (line.is === 'end') {
      expected = line.counts;
      continue;
    }
    const isOther = batch[0] !== undefined && batch[0].table !== line.table;
    if (isOther || length + line.text.length > BATCH_LENGTH || batch.length === BATCH_ROWS) {
      await put(batch);
      batch = [];
      length = 0;
    }
    batch.push(line);
    length += line.text.length;
  }
  await put(batch);
  if (expected === undefined) throw invalidDump('it ends too early; what it has is restored');
  for (const [table, count] of Object.entries(counts)) {
    if (count !== expected[table as DumpedTable]) throw invalidDump(`rows of ${table} are missing in it`);
  }
  return counts;
}

/** The lines after the first, which must name a schema this program knows. */
async function* readAll(db: Queryable, lines: AsyncIterable<string>): AsyncGenerator<DumpLine> {
  let number = 0;
  for await (const line of lines) {
    number += 1;
    if (number > 1) yield readLine(line, number);
    else {
      const { known } = await schemaVersions(db);
      const version = readHeader(line);
      if (version > known) throw newerSchema(version, known, 'The dump');
    }
  }
  if (number === 0) throw invalidDump('it is empty');
}

async function requireEmpty(db: Queryable): Promise<void> {
  for (const table of Object.keys(DUMPED)) {
    const rows = await db.query(`SELECT FROM agentops.${table} LIMIT 1`);
    if (rows.length === 0) continue;
    throw new StoreError(
      'not_empty',
      'The store holds data already: restore into an empty one, or force the rows of the dump to be added',
    );
  }
}

/** The columns each table has here: those of an older schema may be fewer, and get their defaults. */
async function columnsOf(db: Queryable): Promise<Record<DumpedTable, Set<string>>> {
  const columns = {
    api_keys: new Set<string>(),
    rejected_spans: new Set<string>(),
    spans: new Set<string>(),
  };
  const rows = await db.query<{ table: DumpedTable; name: string }>(
    `SELECT table_name AS table, column_name AS name FROM information_schema.columns
     WHERE table_schema = 'agentops' AND table_name = ANY ($1::text[])`,
    [Object.keys(DUMPED)],
  );
  for (const { table, name } of rows) columns[table].add(name);
  return columns;
}

async function insert(
  tx: Queryable,
  table: DumpedTable,
  columns: ReadonlySet<string>,
  batch: readonly Row[],
): Promise<void> {
  const given = Object.keys(batch[0]?.row ?? {}).filter((name) => columns.has(name));
  const names = given.join(', ');
  const key = Object.keys(DUMPED[table]).join(', ');
  const rows = `json_populate_recordset(NULL::agentops.${table}, $1::json)`;
  const json = `[${batch.map(({ text }) => text).join(',')}]`;
  // As everywhere, a finished span stays and an unfinished one gives way; a key or a rejected span stays.
  const conflict =
    table === 'spans'
      ? `UPDATE SET ${given.map((name) => `${name} = excluded.${name}`).join(', ')} WHERE stored.end_time IS NULL`
      : 'NOTHING';
  await tx.query(
    `INSERT INTO agentops.${table} AS stored (${names}) SELECT ${names} FROM ${rows} ORDER BY ${key}
     ON CONFLICT (${key}) DO ${conflict}`,
    [json],
  );
  if (table !== 'spans') return;
  await tx.query(
    `INSERT INTO agentops.dirty_traces (project_id, trace_id, session_id, first_day, last_day)
     SELECT project_id, trace_id, session_id, min(day), max(day) FROM ${rows} GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`,
    [json],
  );
}
