import type { Reads } from '../engines/engine.ts';

/** Whether a Citus cluster has the spans in shards. */
export async function isDistributed(db: Reads): Promise<boolean> {
  return (await hasCitus(db)) && (await distributedTables(db)).includes('spans');
}

/** Whether the database has the extension, without which there are no tables to ask for the rest. */
export async function hasCitus(db: Reads): Promise<boolean> {
  return (await db.query(`SELECT FROM pg_extension WHERE extname = 'citus'`)).length > 0;
}

/** The tables that are in shards, partitions included. Only where there is Citus. */
export async function distributedTables(db: Reads): Promise<string[]> {
  const rows = await db.query<{ name: string }>(
    `SELECT relname AS name FROM pg_dist_partition JOIN pg_class ON pg_class.oid = logicalrelid
     WHERE partmethod = 'h' AND relnamespace = (
       SELECT relnamespace FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
       WHERE (nspname, relname) = ('agentops', 'spans'))`,
  );
  return rows.map(({ name }) => name);
}
