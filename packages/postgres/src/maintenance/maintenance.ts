import { type ClusterStatus, clusterStatus } from '../citus/cluster-status.ts';
import { type DistributeOptions, distribute } from '../citus/distribute.ts';
import { dump } from '../dump/dump.ts';
import type { DumpCounts } from '../dump/format.ts';
import { type RestoreOptions, restore } from '../dump/restore.ts';
import type { Engine } from '../engines/engine.ts';
import { latestMark } from '../rollup/marks.ts';
import type { Topology } from '../rollup/topology.ts';
import type { RollupWorker } from '../rollup/worker.ts';
import { schemaVersions } from '../schema/migrations.ts';
import { type DeletionResult, deleteProject, deleteSession, eraseUser } from './deletion.ts';
import { listPartitions, type Partition } from './partition-list.ts';
import { type PruneResult, prune, type Retention } from './prune.ts';

/** How a store stands. */
export interface StoreStatus {
  /** Of the database, and the newest this program knows. */
  readonly schema: { readonly version: number; readonly known: number };
  /** Of `spans`, the oldest first. */
  readonly partitions: readonly Partition[];
  readonly sessions: number;
  /** True while roll-ups are outstanding. */
  readonly isRollingUp: boolean;
  /** Where the database is that of a Citus cluster. */
  readonly cluster?: ClusterStatus | undefined;
}

/** What keeps a store small, and what takes data out of it for good. */
export interface Maintenance {
  status(): Promise<StoreStatus>;
  /**
   * Distributes the store over the workers of a Citus cluster, by trace, with what is in it. Resolves to the tables that were
   * not distributed before. Throws a `StoreError` of code `invalid_options` where there is no cluster.
   */
  distribute(options?: DistributeOptions): Promise<readonly string[]>;
  /** Drops what is older, or more, than is to be kept. */
  prune(retention: Retention): Promise<PruneResult>;
  /** Deletes a session and everything in it; spans that still arrive for it make it anew. */
  deleteSession(projectId: string, sessionId: string): Promise<DeletionResult>;
  /** Deletes everything a project has but its keys. */
  deleteProject(projectId: string): Promise<DeletionResult>;
  /** Deletes every trace in which a span names the user, of one project or of all. */
  eraseUser(userId: string, projectId?: string): Promise<DeletionResult>;
  /**
   * Hands everything that a backup needs to `write`, as pieces of text, each when the one before has been taken: spans,
   * rejected spans and keys, of one moment. Restored into any engine, it is the same store.
   */
  dump(write: (text: string) => Promise<void>): Promise<DumpCounts>;
  /** Restores the lines of a dump into this store, which must be empty unless it is forced, and computes the totals. */
  restore(lines: AsyncIterable<string>, options?: RestoreOptions): Promise<DumpCounts>;
}

export function maintenance(engine: Engine, topology: Topology, rollups: RollupWorker): Maintenance {
  /** What is known only by its marks must be found as well; what is gone must be gone from the totals. */
  const between = async (work: () => Promise<DeletionResult>): Promise<DeletionResult> => {
    await rollups.settle();
    const result = await work();
    await rollups.settle();
    return result;
  };
  return {
    async status() {
      const schema = await schemaVersions(engine);
      if (schema.version === 0) return { schema, partitions: [], sessions: 0, isRollingUp: false };
      const [counted] = await engine.query<{ count: string }>('SELECT count(*) FROM agentops.sessions');
      return {
        schema,
        partitions: await listPartitions(engine),
        sessions: Number(counted?.count),
        isRollingUp: (await latestMark(engine)) !== undefined,
        cluster: await clusterStatus(engine),
      };
    },
    async distribute(options) {
      const tables = await distribute(engine, options);
      topology.changed();
      return tables;
    },
    async prune(retention) {
      await rollups.settle();
      const result = await prune(engine, await topology.layout(), retention);
      await rollups.settle();
      return result;
    },
    deleteSession: (projectId, sessionId) => between(() => deleteSession(engine, projectId, sessionId)),
    deleteProject: (projectId) => between(() => deleteProject(engine, projectId)),
    eraseUser: (userId, projectId) => between(() => eraseUser(engine, userId, projectId)),
    dump: (write) => dump(engine, write),
    async restore(lines, options) {
      const counts = await restore(engine, lines, options);
      await rollups.settle();
      return counts;
    },
  };
}
