import type { Queryable } from '../engines/engine.ts';
import { distributedTables, hasCitus } from './distribution.ts';

/** A server that keeps shards. */
export interface ClusterNode {
  /** `host:port` */
  readonly name: string;
  /** How many of the shards of each table it has. */
  readonly shards: number;
  /** Of spans and their totals on its disk, indexes included. */
  readonly bytes: number;
}

/** The Citus cluster that a store lies on. */
export interface ClusterStatus {
  /** Tables that are distributed by trace; none where the store has not been distributed yet. */
  readonly tables: readonly string[];
  /** Of each table. */
  readonly shards: number;
  /** The servers that may have shards, one that has none yet included. */
  readonly nodes: readonly ClusterNode[];
}

/** How the store lies on its cluster; undefined where the database is none. */
export async function clusterStatus(db: Queryable): Promise<ClusterStatus | undefined> {
  if (!(await hasCitus(db))) return undefined;
  const nodes = await db.query<{ name: string; shards: string; bytes: string }>(NODES);
  const tables = (await distributedTables(db)).filter((name) => !name.startsWith('spans_')).sort();
  return {
    tables,
    shards: nodes.reduce((sum, { shards }) => sum + Number(shards), 0),
    nodes: nodes.map(({ name, shards, bytes }) => ({ name, shards: Number(shards), bytes: Number(bytes) })),
  };
}

const NODES = `
  SELECT node.nodename || ':' || node.nodeport AS name,
    count(*) FILTER (WHERE relname = 'spans') AS shards, coalesce(sum(shard_size), 0) AS bytes
  FROM pg_dist_node AS node LEFT JOIN (
    SELECT nodename, nodeport, relname, shard_size FROM citus_shards
    JOIN pg_class ON pg_class.oid = table_name JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE nspname = 'agentops'
  ) AS shard USING (nodename, nodeport)
  WHERE node.noderole = 'primary' AND (node.shouldhaveshards OR shard.nodename IS NOT NULL)
  GROUP BY node.nodename, node.nodeport ORDER BY 1`;
