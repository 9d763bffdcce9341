import { everyHour, type Regularly, type SpanStore } from '@agentops/postgres';
import type { FastifyBaseLogger } from 'fastify';
import type { ServerRetention } from './options.ts';

/** Drops what `retention` does not keep, now and every hour, until it is stopped. */
export function pruneRegularly(
  store: SpanStore,
  retention: ServerRetention,
  log: FastifyBaseLogger,
): Regularly {
  if (retention.days === undefined && retention.maxBytes === undefined) return { stop: async () => {} };
  return everyHour(async () => {
    try {
      const { dropped, sessions, bytes } = await store.maintenance.prune(retention);
      const partitions = dropped.map(({ name }) => name);
      if (partitions.length > 0) log.info({ partitions, sessions, bytes }, 'old spans were dropped');
    } catch (err) {
      log.warn({ err }, 'old spans could not be dropped; the next attempt is in an hour');
    }
  });
}
