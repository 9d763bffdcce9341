import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { metrics, trace } from '@opentelemetry/api';
import { InMemorySpanExporter, type SpanExporter } from '@opentelemetry/sdk-trace';
import { type AgentOpsError, type Client, flush, init, session, shutdown, tool } from 'agentops';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MetricsEndpoint } from '../../support/metrics-endpoint.ts';
import { deadPort } from '../../support/otlp-endpoint.ts';
import { runProgram } from '../../support/program.ts';
import { scrape } from '../../support/scrape.ts';

let endpoint: MetricsEndpoint;

beforeEach(async () => {
  endpoint = await MetricsEndpoint.start();
});

afterEach(async () => {
  await shutdown();
  await endpoint.stop();
  metrics.disable();
  trace.disable();
});

/** Where instrumentations learn of requests: of `fetch`, and of node:http. */
const CHANNELS = ['undici:request:create', 'http.client.request.created'];

interface StartOptions {
  readonly exporters?: readonly SpanExporter[];
  readonly interval?: number;
  readonly onError?: (error: AgentOpsError) => void;
}

function start({ interval = 60_000, ...options }: StartOptions = {}): Client {
  return init({
    exporters: [new InMemorySpanExporter()],
    logs: { level: 'silent' },
    metrics: { otlp: { endpoint: endpoint.url, headers: { 'x-team': 'research' }, interval } },
    ...options,
  });
}

describe('metrics sent by OTLP (T10)', () => {
  it('go to the path of metrics, with the headers that were configured', async () => {
    start();
    await session('run', () => tool('search', () => 'found'));
    await flush();

    const [request] = endpoint.received;
    expect(request?.url).toBe('/v1/metrics');
    expect(request?.headers).toMatchObject({
      'content-type': 'application/x-protobuf',
      'x-team': 'research',
    });
    expect(endpoint.latest('agentops.spans.ended')).toBe(2);
    expect(endpoint.latest('agentops.spans.delivered')).toBe(2);
    expect(endpoint.latest('agentops.sessions.ended')).toBe(1);
    expect(endpoint.latest('otel.sdk.span.started')).toBe(2);
  });

  it('go at intervals', async () => {
    start({ interval: 20 });
    await endpoint.requests(3);
  });

  it('go once more at the shutdown, with the final figures', async () => {
    const client = start();
    await session('run', () => tool('search', () => 'found'));
    await client.shutdown();

    expect(endpoint.latest('agentops.spans.delivered')).toBe(2);
    expect(endpoint.latest('agentops.sessions.active')).toBe(0);
  });

  it('go at the shutdown also where an exporter of spans hangs until its deadline', async () => {
    const hanging: SpanExporter = { export() {}, async shutdown() {} };
    const client = start({ exporters: [hanging] });
    await session('run', () => 'done');
    await client.shutdown(200);

    expect(endpoint.latest('agentops.spans.pending')).toBe(1);
  });

  it('go when the process ends by itself', async () => {
    const exit = await runProgram('counting.ts', [endpoint.url]);

    expect(exit).toEqual({ code: 0, signal: null, stdout: 'last line\n', stderr: '' });
    expect(endpoint.latest('shop.orders')).toBe(3);
  });

  it('are the same that Prometheus scrapes beside it', async () => {
    const port = await deadPort();
    init({
      exporters: [new InMemorySpanExporter()],
      logs: { level: 'silent' },
      metrics: { otlp: { endpoint: endpoint.url }, prometheus: { port } },
    });
    for (const expected of [1, 2]) {
      await session('run', () => 'done');
      await flush();
      expect(endpoint.latest('agentops.spans.delivered')).toBe(expected);
      expect((await scrape(port)).value('agentops_spans_delivered_total')).toBe(expected);
    }
  });

  it('leave no spans of an instrumented HTTP client', async () => {
    start();
    const recorded: boolean[] = [];
    const instrumented = (): void => {
      const span = trace.getTracer('http').startSpan('POST');
      recorded.push(span.isRecording());
      span.end();
    };
    for (const channel of CHANNELS) subscribe(channel, instrumented);
    await session('run', () => flush());
    for (const channel of CHANNELS) unsubscribe(channel, instrumented);

    expect(recorded).toEqual([false]);
  });

  it('that could not be sent are reported, and sent with the next', async () => {
    const errors: AgentOpsError[] = [];
    start({ onError: (error) => errors.push(error) });
    endpoint.answers.push(503);
    await session('run', () => 'done');
    await flush();
    expect(errors.map(({ code }) => code)).toEqual(['metrics_failed']);
    expect(errors[0]?.message).toContain(`${endpoint.url}/v1/metrics answered 503`);

    await flush();
    expect(endpoint.received).toHaveLength(2);
    expect(endpoint.latest('agentops.sessions.ended')).toBe(1);
    expect(errors).toHaveLength(1);
  });

  it('that hang do not hold up the shutdown beyond its deadline', async () => {
    const client = start();
    await session('run', () => 'done');
    endpoint.answers.push(new Promise<number>(() => {}));
    const startedAt = performance.now();
    await client.shutdown(200);

    expect(endpoint.received).toHaveLength(1);
    expect(performance.now() - startedAt).toBeLessThan(3000);
  });

  it('are exported one request at a time', async () => {
    start();
    const held = Promise.withResolvers<number>();
    endpoint.answers.push(held.promise);
    const first = flush();
    await endpoint.requests(1);
    const second = flush();
    const third = flush();
    expect(endpoint.received).toHaveLength(1);
    held.resolve(200);
    await Promise.all([first, second, third]);

    // What was asked for while one was under way went together.
    expect(endpoint.received).toHaveLength(2);
  });
});
