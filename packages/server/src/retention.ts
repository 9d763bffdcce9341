import type { SpanStore } from '@agentops/postgres';
import type { FastifyBaseLogger } from 'fastify';
import type { ServerRetention } from './options.ts';

const HOUR_MS = 60 * 60 * 1000;

/** Drops what `retention` does not keep, now and every hour, until it is stopped. */
export function pruneRegularly(
  store: SpanStore,
  retention: ServerRetention,
  log: FastifyBaseLogger,
): { stop(): Promise<void> } {
  if (retention.days === undefined && retention.maxBytes === undefined) return { stop: async () => {} };
  const pruneOnce = async (): Promise<void> => {
    try {
      const { dropped, sessions, bytes } = await store.maintenance.prune(retention);
      const partitions = dropped.map(({ name }) => name);
      if (partitions.length > 0) log.info({ partitions, sessions, bytes }, 'old spans were dropped');
    } catch (err) {
      log.warn({ err }, 'old spans could not be dropped; the next attempt is in an hour');
    }
  };
  let running = pruneOnce();
  const timer = setInterval(() => {
    running = running.then(pruneOnce);
  }, HOUR_MS).unref();
  return {
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}
