import { apiKeys } from './api-keys.ts';
import type { Engine } from './engines/engine.ts';
import { type StoreError, toStoreError } from './errors.ts';
import { maintenance } from './maintenance/maintenance.ts';
import { Vacuum } from './maintenance/vacuum.ts';
import { readSession } from './queries/session.ts';
import { listSessions } from './queries/session-list.ts';
import { listSpans, readSpan } from './queries/spans.ts';
import { readStats } from './queries/stats.ts';
import { Topology } from './rollup/topology.ts';
import { RollupWorker } from './rollup/worker.ts';
import { migrate, requireStore } from './schema/migrations.ts';
import { makePartitionsAhead } from './schema/partitions-ahead.ts';
import type { SpanStore } from './store.ts';
import type { AcceptedDays } from './write/accepted-days.ts';
import { DecodedRow } from './write/incoming.ts';
import { Writer } from './write/writer.ts';

/** How a store is opened. */
export interface StoreOptions {
  /** Where the spans live: `postgresEngine(url)` or `pgliteEngine({ dataDir })`. The store closes it. */
  engine: Engine;
  /** Least time from a write to the roll-up of its sessions, in milliseconds; 200 by default. */
  rollupInterval?: number;
  /** Brings the schema up to date; true by default. Without, the store is there to be looked at. */
  migrate?: boolean;
  /** Refuses a database without a store, where one would be made; by default one is. */
  create?: boolean;
  /** Which days may be written, counted from today: others are rejected with a reason. Any where it is left out. */
  acceptedDays?: AcceptedDays;
  /** Longest time of a single query behind `sessions`, `session`, `spans` and `span`, in ms; any where it is left out. */
  queryTimeout?: number;
  /** Makes tomorrow's partition before midnight, for as long as the store is open; false by default. */
  partitionsAhead?: boolean;
  /** Told of failures in the background, which nobody waits for. */
  onError?: (error: StoreError) => void;
}

/**
 * Opens the span store: migrates the database, then rolls up what an earlier process may have left.
 * Rejects with a `StoreError`: `unavailable`, `locked`, `newer_schema`, `older_schema` or `internal`.
 */
export async function openStore({
  engine,
  rollupInterval = 200,
  migrate: migrates = true,
  create = true,
  acceptedDays,
  queryTimeout,
  partitionsAhead = false,
  onError,
}: StoreOptions): Promise<SpanStore> {
  try {
    if (!create) await requireStore(engine);
    if (migrates) await migrate(engine);
  } catch (error) {
    await engine.close().catch(() => {});
    throw toStoreError(error);
  }
  const writer = new Writer(engine, acceptedDays);
  const report = (error: unknown) => onError?.(toStoreError(error));
  const vacuum = new Vacuum(engine);
  const topology = new Topology(engine);
  const rollups = new RollupWorker(engine, topology, {
    interval: rollupInterval,
    onPass: (traces) => vacuum.after(traces),
    onError: report,
  });
  if (migrates) rollups.schedule();
  const ahead = partitionsAhead ? makePartitionsAhead(engine, report) : undefined;
  const reads = queryTimeout === undefined ? engine : engine.bounded(queryTimeout);

  return withTypedErrors<SpanStore>({
    keys: withTypedErrors(apiKeys(engine)),
    maintenance: withTypedErrors(maintenance(engine, topology, rollups)),
    async write(projectId, rows) {
      const incoming = rows.map((row) => new DecodedRow(row));
      const result = await writer.write(projectId, incoming);
      if (result.stored > 0) rollups.schedule();
      return result;
    },
    setAside: (projectId, spans) => writer.setAside(projectId, spans),
    sessions: (projectId, query) => listSessions(reads, projectId, query),
    async session(projectId, sessionId) {
      await rollups.session(projectId, sessionId);
      return readSession(reads, projectId, sessionId);
    },
    async spans(projectId, sessionId) {
      await rollups.session(projectId, sessionId);
      return listSpans(reads, projectId, sessionId);
    },
    async span(projectId, sessionId, spanId) {
      await rollups.session(projectId, sessionId);
      return readSpan(reads, projectId, sessionId, spanId);
    },
    stats: (projectId, query) => readStats(reads, projectId, query),
    async ping() {
      await engine.query('SELECT 1');
    },
    settle: () => rollups.settle(),
    async close() {
      await ahead?.stop();
      await rollups.stop();
      await engine.close();
    },
  });
}

/** The same object, every method of which rejects with a `StoreError`. */
function withTypedErrors<Target extends object>(target: Target): Target {
  return new Proxy(target, {
    get(_, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return async (...args: unknown[]) => {
        try {
          return await member.apply(target, args);
        } catch (error) {
          throw toStoreError(error);
        }
      };
    },
  });
}
