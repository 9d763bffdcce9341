import { isDistributed } from '../citus/distribution.ts';
import type { Queryable } from '../engines/engine.ts';

/** One partition of `spans`. */
export interface Partition {
  /** Of its table, without the schema. */
  readonly name: string;
  /** The first day in it, and the first day after it: `YYYY-MM-DD`. */
  readonly from: string;
  readonly to: string;
  /** On disk, indexes included. */
  readonly bytes: number;
}

/** The partitions there are, the oldest first. */
export async function listPartitions(db: Queryable): Promise<Partition[]> {
  // On a cluster the coordinator has but the names.
  const size = (await isDistributed(db)) ? 'citus_total_relation_size' : 'pg_total_relation_size';
  const rows = await db.query<{ name: string; bounds: string; bytes: string }>(
    `SELECT part.relname AS name, pg_get_expr(part.relpartbound, part.oid) AS bounds,
       ${size}(part.oid)::text AS bytes
     FROM pg_inherits JOIN pg_class AS part ON part.oid = pg_inherits.inhrelid
     WHERE pg_inherits.inhparent = 'agentops.spans'::regclass`,
  );
  return rows
    .map(({ name, bounds, bytes }) => {
      const [from = '', to = ''] = Array.from(
        bounds.matchAll(/'(\d{4}-\d\d-\d\d)'/g),
        ([, day]) => day ?? '',
      );
      return { name, from, to, bytes: Number(bytes) };
    })
    .sort((a, b) => (a.from < b.from ? -1 : 1));
}
