import { readFileSync } from 'node:fs';
import type { SpanStore } from '@agentops/postgres';
import type { FastifyInstance } from 'fastify';
import type { Health, Readiness } from './api/types.ts';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

/** `GET /healthz`: the process is up, and is this service. */
export function serveHealth(app: FastifyInstance): void {
  app.get('/healthz', async (): Promise<Health> => ({ service: 'agentops', status: 'ok', version }));
}

/** `GET /readyz`: the store answers; 503 while it does not. */
export function serveReadiness(app: FastifyInstance, store: SpanStore): void {
  app.get('/readyz', async (): Promise<Readiness> => {
    await store.ping();
    return { status: 'ready' };
  });
}
