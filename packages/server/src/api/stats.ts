import type { SpanStore } from '@agentops/postgres';
import type { FastifyInstance } from 'fastify';
import { parseQuery, statsQuery } from './query.ts';

/** `GET /api/stats`: what the spans of the request's project add up to, by time. */
export function serveStats(app: FastifyInstance, store: SpanStore): void {
  app.get('/api/stats', async ({ project, query }) => store.stats(project, parseQuery(statsQuery, query)));
}
