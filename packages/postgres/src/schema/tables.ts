import type { Queryable } from '../engines/engine.ts';

/**
 * Whether the `agentops` schema has a table of this name. Asks the catalogue by a query: `to_regclass` may answer from
 * a cache that does not know yet what another session committed while this one waited for an advisory lock.
 */
export async function hasTable(db: Queryable, name: string): Promise<boolean> {
  const rows = await db.query(
    `SELECT FROM pg_tables WHERE (schemaname, tablename) = ('agentops', '${name}')`,
  );
  return rows.length > 0;
}
