import { context, propagation, SpanKind, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import {
  agentopsSpanProcessor,
  currentSession,
  handleRequest,
  session,
  shutdown,
  stats,
  tool,
} from 'agentops';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type HttpService, startService } from '../../support/http-service.ts';
import { OtlpEndpoint } from '../../support/otlp-endpoint.ts';
import { idOf, parentOf, startRecording } from '../../support/recording.ts';

/** Within what a machine that is busy may take. */
const LATER = { timeout: 10_000 };

let service: HttpService;
beforeAll(async () => {
  service = await startService((request, response) =>
    handleRequest(request, response, () => tool('look', () => response.end(currentSession()?.id))),
  );
});
afterAll(() => service.close());

afterEach(async () => {
  await shutdown();
  trace.disable();
  context.disable();
  propagation.disable();
});

describe('requests in an OpenTelemetry set-up of the application’s own (C2, C4)', () => {
  let application: InMemorySpanExporter;
  beforeEach(() => {
    application = new InMemorySpanExporter();
    const spanProcessors = [new SimpleSpanProcessor({ exporter: application }), agentopsSpanProcessor()];
    trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors }));
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  });

  it('are sent by our rules and answered in the session of the caller', async () => {
    const recording = startRecording({
      instrumentations: { http: true },
      context: { propagation: ['b3'], baggage: { hosts: ['127.0.0.1'] } },
    });
    const [id, answer] = await session('run', async (run) => [
      run.id,
      await (await fetch(service.url)).text(),
    ]);
    expect(answer).toBe(id);
    await expect.poll(() => stats().openSessions, LATER).toBe(0);

    const spans = await recording.spans();
    const [sent] = spans.filter(({ kind }) => kind === SpanKind.CLIENT);
    const [answered] = spans.filter(({ kind }) => kind === SpanKind.SERVER);
    expect(spans).toHaveLength(4);
    expect(parentOf(answered!)).toBe(idOf(sent!));
    expect(parentOf(await recording.span('execute_tool look'))).toBe(idOf(answered!));
    const { headers } = service.requests.at(-1)!;
    expect(headers.b3).toBe(`${sent!.spanContext().traceId}-${idOf(sent!)}-1`);
    expect(headers.baggage).toBe(`agentops.session.id=${id}`);
    expect(application.getFinishedSpans()).toHaveLength(4);
    expect(recording.errors).toEqual([]);
  });
});

it('the SDK’s own requests have no spans and carry nothing (T13)', async () => {
  const endpoint = await OtlpEndpoint.start();
  const recording = startRecording({
    instrumentations: { http: true },
    exporters: [{ type: 'agentops', endpoint: endpoint.url }],
    live: false,
  });
  await session('run', async () => {
    tool('look', () => {});
    // In the context of the session.
    await recording.client.flush();
  });
  await recording.client.flush();
  expect((await recording.spans()).map(({ name }) => name)).toEqual(['execute_tool look', 'run']);
  for (const { headers } of endpoint.received) expect(headers).not.toHaveProperty('traceparent');
  await endpoint.stop();
});
