import { type Engine, type Queryable, transact } from '../engines/engine.ts';
import { StoreError } from '../errors.ts';
import { listPartitions } from '../maintenance/partition-list.ts';
import { newerSchema, schemaVersions } from '../schema/migrations.ts';
import { hasTable } from '../schema/tables.ts';
import { DUMPED, type DumpCounts, type DumpedTable, endOf, headerOf, lineOf, noRows } from './format.ts';

/** Characters that are asked for at once; rows are of very different sizes. */
const PAGE_LENGTH = 4_000_000;
const FIRST_PAGE = 100;
const LARGEST_PAGE = 2_000;

/**
 * Writes everything that cannot be computed from the rest (spans, rejected spans, keys) as lines of text, as it stood at
 * one moment. Others may go on writing. Holds a page of rows in memory.
 *
 * @param write Takes the next piece of text, and resolves when there is room for another.
 */
export function dump(engine: Engine, write: (text: string) => Promise<void>): Promise<DumpCounts> {
  return transact(engine, async (tx) => {
    await tx.exec('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY');
    const { version, known } = await schemaVersions(tx);
    if (version > known) throw newerSchema(version, known);
    // A backup of the wrong database must not look like one.
    if (version === 0) throw new StoreError('older_schema', 'There is no store in this database to dump');
    await write(headerOf(version));
    const counts = noRows();
    const copy = async (table: DumpedTable, from: string) => {
      for await (const page of pagesOf(tx, table, from)) {
        counts[table] += page.length;
        await write(page.map((row) => lineOf(table, row)).join(''));
      }
    };
    for (const table of ['api_keys', 'rejected_spans'] as const) {
      if (await hasTable(tx, table)) await copy(table, table);
    }
    if (await hasTable(tx, 'spans')) {
      for (const { name } of await listPartitions(tx)) await copy('spans', name);
    }
    await write(endOf(counts));
    return counts;
  });
}

/** The rows of a table, or of one of its partitions, as JSON, in the order of their keys. */
async function* pagesOf(tx: Queryable, table: DumpedTable, from: string): AsyncGenerator<string[]> {
  const key = Object.entries<string>(DUMPED[table]);
  const names = key.map(([name]) => name).join(', ');
  const after = key.map(([, type], index) => `$${index + 1}::${type}`).join(', ');
  let last: Record<string, string> | undefined;
  for (let limit = FIRST_PAGE; ; ) {
    const rows = await tx.query<Record<string, string>>(
      `SELECT row_to_json(source)::text AS row, ${key.map(([name]) => `${name}::text AS ${name}`).join(', ')}
       FROM agentops.${from} AS source ${last === undefined ? '' : `WHERE (${names}) > (${after})`}
       ORDER BY ${key.map(([name]) => `source.${name}`).join(', ')} LIMIT ${limit}`,
      last === undefined ? [] : key.map(([name]) => last?.[name]),
    );
    if (rows.length === 0) return;
    const texts = rows.map(({ row = '' }) => row);
    yield texts;
    if (rows.length < limit) return;
    last = rows.at(-1);
    const length = texts.reduce((sum, text) => sum + text.length, 0);
    limit = Math.max(1, Math.min(LARGEST_PAGE, Math.floor((PAGE_LENGTH * rows.length) / length)));
  }
}
