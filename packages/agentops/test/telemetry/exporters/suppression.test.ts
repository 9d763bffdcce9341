import diagnostics from 'node:diagnostics_channel';
import { context, trace } from '@opentelemetry/api';
import { isTracingSuppressed } from '@opentelemetry/core';
import { InMemorySpanExporter } from '@opentelemetry/sdk-trace';
import { init, OtlpSpanExporter, shutdown, startSession } from 'agentops';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GrpcEndpoint } from '../../support/grpc-endpoint.ts';
import { RawEndpoint } from '../../support/raw-endpoint.ts';
import { sampleSpans } from '../../support/sample-spans.ts';

const CHANNELS = ['http.client.request.created', 'http.client.request.start', 'http2.client.stream.created'];

let endpoint: RawEndpoint;
let grpc: GrpcEndpoint;
/** How often a request was seen that is to be traced, and one that is not. */
let seen: { traced: number; suppressed: number };

/** As an instrumentation of the application's would: a span for each request, unless tracing is suppressed. */
function onRequest(): void {
  const isSuppressed = isTracingSuppressed(context.active());
  seen[isSuppressed ? 'suppressed' : 'traced'] += 1;
  trace.getTracer('http').startSpan('POST').end();
}

beforeEach(async () => {
  seen = { traced: 0, suppressed: 0 };
  endpoint = await RawEndpoint.start();
  grpc = await GrpcEndpoint.start();
  for (const channel of CHANNELS) diagnostics.subscribe(channel, onRequest);
});

afterEach(async () => {
  for (const channel of CHANNELS) diagnostics.unsubscribe(channel, onRequest);
  await shutdown();
  await endpoint.stop();
  grpc.stop();
});

describe('exports (T2)', () => {
  it.each(['none', 'gzip'] as const)(
    'are not traced, by whatever watches requests (compression %s)',
    async (compression) => {
      const memory = new InMemorySpanExporter();
      const client = init({
        exporters: [
          memory,
          { type: 'otlp', endpoint: endpoint.url, compression },
          { type: 'zipkin', endpoint: endpoint.url, compression },
          { type: 'otlp', endpoint: grpc.host, compression },
        ],
        spool: false,
      });
      startSession({ name: 'run' }).end();
      await client.flush();
      startSession({ name: 'run' }).end();
      await client.flush();

      expect(seen.suppressed).toBeGreaterThanOrEqual(6);
      expect(seen.traced).toBe(0);
      expect(memory.getFinishedSpans().map(({ name }) => name)).toEqual(['run', 'run']);
    },
  );

  it('are not traced in a set-up of your own', async () => {
    // For its context manager.
    init({ exporters: [] });
    const exporter = new OtlpSpanExporter({ endpoint: endpoint.url });
    await new Promise((done) => exporter.export(sampleSpans('a'), done));
    await exporter.shutdown();

    expect(seen.suppressed).toBeGreaterThanOrEqual(1);
    expect(seen.traced).toBe(0);
  });
});
