import { setImmediate as turn } from 'node:timers/promises';
import { decodeTracesInSlices } from '@agentops/otlp';
import type { SpanStore } from '@agentops/postgres';
import type { FastifyInstance } from 'fastify';
import { answerStatus, answerSuccess, requireOtlp } from './answers.ts';
import { discardBody, readBody } from './body.ts';
import { byteBudget } from './byte-budget.ts';
import type { IngestCounts } from './counts.ts';
import { groupCommit } from './group-commit.ts';

/** What the receiver works with. */
export interface ReceiverParts {
  store: SpanStore;
  limits: { bodyBytes: number; queueBytes: number };
  counts: IngestCounts;
}

/**
 * OTLP/HTTP, protobuf and JSON, by https://opentelemetry.io/docs/specs/otlp/#otlphttp. Spans are acknowledged
 * once they are committed. Logs and metrics are accepted, so that a sender of all three signals is not turned
 * away, then counted and discarded.
 */
export function receiveOtlp(app: FastifyInstance, { store, limits, counts }: ReceiverParts): void {
  const queue = byteBudget(limits.queueBytes);
  const write = groupCommit(store);

  // Bodies are left on the request for the routes to read, which bound them.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, _payload, done) => done(null));
  app.setErrorHandler((error, request, reply) => {
    counts.requestsRefused += 1;
    return answerStatus(error, request, reply);
  });

  app.post('/v1/traces', async (request, reply) => {
    const contentType = requireOtlp(request);
    using share = queue.share();
    const body = await readBody(request.raw, request.headers['content-encoding'], {
      bytes: limits.bodyBytes,
      take: share.take,
    });
    const { rows, rejected } = await decodeTracesInSlices(body, contentType, turn);
    const written = await write(request.project, rows);
    if (rejected.length > 0) await store.setAside(request.project, rejected);
    const lost = [...rejected, ...written.rejected];
    counts.spansStored += written.stored;
    counts.spansRejected += lost.length;
    return answerSuccess(reply, contentType, lost);
  });

  app.post('/v1/logs', async (request, reply) => {
    const contentType = requireOtlp(request);
    await discardBody(request.raw, limits.bodyBytes);
    counts.logRequestsDiscarded += 1;
    return answerSuccess(reply, contentType);
  });

  app.post('/v1/metrics', async (request, reply) => {
    const contentType = requireOtlp(request);
    await discardBody(request.raw, limits.bodyBytes);
    counts.metricRequestsDiscarded += 1;
    return answerSuccess(reply, contentType);
  });
}
