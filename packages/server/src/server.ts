import { type AddressInfo, isIPv6 } from 'node:net';
import { setTimeout as elapsed } from 'node:timers/promises';
import type { SpanStore } from '@agentops/postgres';
import type { FastifyInstance } from 'fastify';
import { isLoopback } from './access/loopback.ts';
import { createApp } from './app.ts';
import { DASHBOARD_FILES } from './dashboard.ts';
import { ServerError } from './errors.ts';
import { openLog } from './http/logging.ts';
import { type IngestCounts, noCounts } from './ingest/counts.ts';
import { resolveOptions, type ServerOptions, type ServerSettings } from './options.ts';
import { pruneRegularly } from './retention.ts';
import { openServerStore } from './store.ts';

/** A server that is listening. */
export interface RunningServer {
  /** Where it is reached from this machine: `http://127.0.0.1:4600`. */
  readonly url: string;
  readonly port: number;
  /** The store behind it. Closed by `close()`. */
  readonly store: SpanStore;
  /** What the receiver has done so far. */
  readonly counts: Readonly<IngestCounts>;
  /** Stops accepting, finishes what is in flight, settles the roll-ups and closes the store. */
  close(): Promise<void>;
}

const QUERY_TIMEOUT_MS = 10_000;
const EMBEDDED_QUERY_TIMEOUT_MS = 2_000;

/**
 * Starts the backend: opens the store, then listens.
 *
 * @throws {ServerError} `invalid_options`, `keys_required` for a non-loopback address without an API key in the
 *   store, or `address_unavailable`. Rejects with the store's error where the database cannot be opened.
 */
export async function startServer(options: ServerOptions = {}): Promise<RunningServer> {
  const settings = resolveOptions(options);
  const log = openLog(settings.logger);
  const store = await openServerStore(settings, {
    queryTimeout:
      settings.limits.queryTimeoutMs ??
      (settings.databaseUrl === undefined ? EMBEDDED_QUERY_TIMEOUT_MS : QUERY_TIMEOUT_MS),
    partitionsAhead: true,
    onError: (err) => log.warn({ err }, 'the store failed in the background and will try again'),
  });
  try {
    return await serveStore(store, settings, { log });
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** Serves a store that is open already, and takes it over: closing the server closes it. */
export async function serveStore(
  store: SpanStore,
  { host, port, limits, logger, retention }: ServerSettings,
  { log = openLog(logger), dashboard = DASHBOARD_FILES } = {},
): Promise<RunningServer> {
  const loopback = isLoopback(host);
  if (!loopback) await requireAnyKey(store, host);
  const counts = noCounts();
  const app = await createApp({ store, log, limits, loopback, counts, dashboard });
  const bound = await listen(app, host, port);
  const pruning = pruneRegularly(store, retention, log);
  let closed: Promise<void> | undefined;
  return {
    url: urlOf(host, bound),
    port: bound,
    store,
    counts,
    close() {
      closed ??= pruning.stop().then(() => close(app, store, limits.closeTimeoutMs));
      return closed;
    },
  };
}

async function requireAnyKey(store: SpanStore, host: string): Promise<void> {
  const keys = await store.keys.list();
  if (keys.some((key) => key.revoked_at === null)) return;
  throw new ServerError(
    'keys_required',
    `${host} can be reached from other machines, and the store has no API key. ` +
      'Create one with `agentops keys create --name NAME`, or listen on 127.0.0.1.',
  );
}

async function listen(app: FastifyInstance, host: string, port: number): Promise<number> {
  try {
    await app.listen({ host, port });
  } catch (cause) {
    await app.close();
    const problem = cause instanceof Error ? cause.message : String(cause);
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    throw new ServerError(
      'address_unavailable',
      `Cannot listen on ${host}, port ${port}: ${problem}. ${LISTEN_REMEDIES[String(code)] ?? WRONG_HOST}`,
      { cause },
    );
  }
  return (app.server.address() as AddressInfo).port;
}

const WRONG_HOST =
  'The host must be an address of this machine, such as 127.0.0.1, or 0.0.0.0 for all of them.';

/** What to do about an address that cannot be listened on, by the system's error code. */
const LISTEN_REMEDIES: Readonly<Record<string, string>> = {
  EADDRINUSE: 'Choose another port, or stop what uses it.',
  EACCES: 'Ports below 1024 need special rights: choose a higher one.',
};

/** Each step has `timeoutMs`; what is committed is safe whichever of them is cut short. */
async function close(app: FastifyInstance, store: SpanStore, timeoutMs: number): Promise<void> {
  const impatience = setTimeout(() => app.server.closeAllConnections(), timeoutMs);
  await app.close();
  clearTimeout(impatience);
  await Promise.race([
    store.settle().catch((err: unknown) => app.log.warn({ err }, 'roll-ups are left for the next start')),
    elapsed(timeoutMs, undefined, { ref: false }),
  ]);
  await store.close();
}

/** A wildcard address is listened on, but cannot be dialled everywhere. */
function urlOf(host: string, port: number): string {
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `http://${isIPv6(reachable) ? `[${reachable}]` : reachable}:${port}`;
}
