import {
  type Engine,
  openStore,
  postgresEngine,
  type SpanStore,
  type StoreOptions,
  USUAL_DAYS,
} from '@agentops/postgres';
import type { ServerOptions } from './options.ts';

export type { ClusterStatus, DumpCounts, SpanStore } from '@agentops/postgres';

/** How the store of a server is opened. */
interface ServerStoreOptions
  extends Pick<StoreOptions, 'onError' | 'migrate' | 'create' | 'queryTimeout' | 'partitionsAhead'> {
  anyTime?: boolean;
}

/**
 * Opens the store that a server with these options serves, without serving it: to manage it.
 *
 * `onError` is told of failures in the background, which nobody waits for; `migrate: false` leaves the schema as it is, `create: false`
 * refuses a database without one;
 * `anyTime` takes spans of any day, to import old data.
 *
 * @throws StoreError where the database cannot be opened: `locked` while a server has the data directory.
 */
export async function openServerStore(
  options: Pick<ServerOptions, 'databaseUrl' | 'dataDir'>,
  { anyTime = false, ...store }: ServerStoreOptions = {},
): Promise<SpanStore> {
  const engine = await engineOf(options);
  return openStore({ ...store, engine, ...(!anyTime && { acceptedDays: USUAL_DAYS }) });
}

async function engineOf({
  databaseUrl,
  dataDir,
}: Pick<ServerOptions, 'databaseUrl' | 'dataDir'>): Promise<Engine> {
  if (databaseUrl !== undefined) return postgresEngine(databaseUrl);
  // Loaded only where it is used: PGlite brings a whole PostgreSQL along.
  const { pgliteEngine } = await import('@agentops/postgres/pglite');
  return pgliteEngine(dataDir === undefined ? {} : { dataDir });
}
