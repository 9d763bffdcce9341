import type { SpanStore } from '@agentops/postgres';
import { type FastifyBaseLogger, type FastifyInstance, fastify } from 'fastify';
import { guardLoopback, requireProject } from './access/access.ts';
import { guardAddresses } from './api/addresses.ts';
import { serveSessions } from './api/sessions.ts';
import { serveStats } from './api/stats.ts';
import { serveDashboard } from './dashboard.ts';
import { serveHealth, serveReadiness } from './health.ts';
import { answerApiError } from './http/api-error.ts';
import { endConnectionsOnClose } from './http/draining.ts';
import { Refusal } from './http/refusal.ts';
import { secureAnswers } from './http/security-headers.ts';
import type { IngestCounts } from './ingest/counts.ts';
import { receiveOtlp } from './ingest/receiver.ts';
import type { ServerSettings } from './options.ts';

/** What the server is made of. */
export interface AppParts {
  store: SpanStore;
  log: FastifyBaseLogger;
  limits: ServerSettings['limits'];
  /** Whether only this machine can reach the server. */
  loopback: boolean;
  counts: IngestCounts;
  /** Directory of the built dashboard. */
  dashboard: string;
}

/** A sender has this long for a whole request, in ms: a slow one may not hold its share of the queue for ever. */
const REQUEST_TIMEOUT_MS = 120_000;

/** Puts the parts behind one Fastify instance, not yet listening. */
export async function createApp(parts: AppParts): Promise<FastifyInstance> {
  const { store, log, limits, loopback, counts, dashboard } = parts;
  const app = fastify({
    loggerInstance: log,
    requestTimeout: REQUEST_TIMEOUT_MS,
    // While closing, what still arrives on an open connection is served rather than lost.
    return503OnClosing: false,
    frameworkErrors: answerApiError,
    // As long as an address can be: the framework's own answer would depend on what else is served.
    routerOptions: { maxParamLength: 16_384 },
  });
  app.setErrorHandler(answerApiError);
  app.setNotFoundHandler(({ method, url }) => {
    throw new Refusal(404, 'not_found', `There is no ${method} ${url.split('?', 1)[0]}.`);
  });
  endConnectionsOnClose(app);
  secureAnswers(app);
  if (loopback) guardLoopback(app);

  serveHealth(app);
  await serveDashboard(app, dashboard);
  await app.register(async (guarded) => {
    requireProject(guarded, store.keys, loopback);
    serveReadiness(guarded, store);
    await guarded.register(async (api) => {
      guardAddresses(api);
      serveSessions(api, store);
      serveStats(api, store);
    });
    await guarded.register(async (otlp) => receiveOtlp(otlp, { store, limits, counts }));
  });
  return app;
}
