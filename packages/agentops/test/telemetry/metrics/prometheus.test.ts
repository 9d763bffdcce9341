import { once } from 'node:events';
import { createServer } from 'node:http';
import { setImmediate } from 'node:timers/promises';
import { metrics } from '@opentelemetry/api';
import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { InMemorySpanExporter, type SpanExporter } from '@opentelemetry/sdk-trace';
import {
  type AgentOpsError,
  type Client,
  init,
  LLMEvent,
  session,
  shutdown,
  startSession,
  tool,
} from 'agentops';
import { afterEach, beforeEach, describe, expect } from 'vitest';
import { deadPort } from '../../support/otlp-endpoint.ts';
import { runProgram } from '../../support/program.ts';
import { type Scrape, scrape } from '../../support/scrape.ts';
import { it } from '../../support/sending.ts';

let port: number;

beforeEach(async () => {
  port = await deadPort();
});

afterEach(async () => {
  await shutdown();
  metrics.disable();
});

/** Takes nothing. */
class FailingExporter implements SpanExporter {
  export(_spans: unknown, done: (result: ExportResult) => void): void {
    done({ code: ExportResultCode.FAILED, error: new Error('not today') });
  }
  async shutdown(): Promise<void> {}
}

const QUIET = { logs: { level: 'silent' } } as const;

function start(options: Parameters<typeof init>[0]): Client {
  return init({ ...QUIET, metrics: { prometheus: { port } }, ...options });
}

const of = (exporter: string) => ({ agentops_exporter: exporter });

/** What the ledger's equation says, in the figures of a scrape. */
function expectBalance(scraped: Scrape, exporter: string): void {
  const value = (name: string): number => scraped.value(name, of(exporter)) ?? Number.NaN;
  expect(value('agentops_spans_ended_total') + value('agentops_spans_recovered_total')).toBe(
    value('agentops_spans_pending') +
      value('agentops_spans_delivered_total') +
      value('agentops_spans_spooled') +
      value('agentops_spans_dropped_total'),
  );
}

describe('metrics that Prometheus scrapes (T10)', () => {
  it('are there no more after a shutdown, however soon that comes', async () => {
    await start({ exporters: [] }).shutdown();
    // Taking the port fails where the endpoint has it, or is about to.
    for (let turn = 0; turn < 10; turn += 1) await setImmediate();
    const server = createServer().listen(port, '127.0.0.1');
    await once(server, 'listening');
    server.close();
  });

  it('leave no port open where a reader of the user cannot be bound, as one that was used before', async () => {
    const reader = new PeriodicExportingMetricReader({
      exporter: new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE),
    });
    const errors: AgentOpsError[] = [];
    const metricsOptions = { readers: [reader], prometheus: { port } };
    await start({ exporters: [], metrics: metricsOptions }).shutdown();
    start({ exporters: [], metrics: metricsOptions, onError: (error) => errors.push(error) });

    expect(errors.map(({ message }) => message)).toEqual([expect.stringMatching(/^metrics failed: .*again/)]);
    for (let turn = 0; turn < 10; turn += 1) await setImmediate();
    const server = createServer().listen(port, '127.0.0.1');
    await once(server, 'listening');
    server.close();
  });

  it('tell what became of the spans of each exporter', async () => {
    const client = start({
      exporters: [new InMemorySpanExporter(), new FailingExporter()],
      retry: { attempts: 2, initial: 1 },
    });
    await session('run', () => tool('search', () => 'found'));
    await client.flush();

    const scraped = await scrape(port);
    expect(scraped.value('agentops_spans_ended_total', of('InMemorySpanExporter'))).toBe(2);
    expect(scraped.value('agentops_spans_delivered_total', of('InMemorySpanExporter'))).toBe(2);
    expect(scraped.value('agentops_export_failures_total', of('InMemorySpanExporter'))).toBe(0);
    expect(scraped.value('agentops_export_batch_size_sum', of('InMemorySpanExporter'))).toBe(2);
    expect(scraped.value('agentops_export_duration_count', of('InMemorySpanExporter'))).toBe(1);
    expect(scraped.value('agentops_spans_delivered_total', of('FailingExporter'))).toBe(0);
    expect(scraped.value('agentops_export_attempts_total', of('FailingExporter'))).toBe(2);
    expect(scraped.value('agentops_export_retries_total', of('FailingExporter'))).toBe(1);
    expect(
      scraped.value('agentops_export_failures_total', { ...of('FailingExporter'), error_type: 'retryable' }),
    ).toBe(2);
    expect(
      scraped.value('agentops_spans_dropped_total', {
        ...of('FailingExporter'),
        agentops_drop_reason: 'export_failed',
      }),
    ).toBe(2);
    expectBalance(scraped, 'InMemorySpanExporter');
    expectBalance(scraped, 'FailingExporter');
  });

  it('tell of every way an attempt can fail, from the start', async ({ endpoint }) => {
    endpoint.answer({ status: 401 });
    const client = start({ endpoint: endpoint.url, live: false });
    await session('run', () => {});
    await client.flush();

    const scraped = await scrape(port);
    const failures = ['barred', 'refused', 'retryable', 'too_large'].map((error_type) =>
      scraped.value('agentops_export_failures_total', { ...of('agentops'), error_type }),
    );
    expect(failures).toEqual([1, 0, 0, 0]);
    expectBalance(scraped, 'agentops');
  });

  it('time each batch from the end of its spans to the confirmation', async () => {
    const client = start({ exporters: [new InMemorySpanExporter()] });
    const anHourAgo = BigInt(Date.now() - 3_600_000) * 1_000_000n;
    const run = startSession({ name: 'run', startTime: anHourAgo - 1n });
    run.record(new LLMEvent({ startTime: anHourAgo - 1n, endTime: anHourAgo }));
    run.end('Success');
    await client.flush();

    const scraped = await scrape(port);
    // The shortest and the longest of two; the median is one of them.
    expect(scraped.value('agentops_export_delay_count')).toBe(2);
    expect(scraped.value('agentops_export_delay_sum')).toBeGreaterThanOrEqual(3600);
    expect(scraped.value('agentops_export_delay_bucket', { le: '30' })).toBe(1);
  });

  it('tell what waits on disk, and for how long, also of what an earlier process has left', async () => {
    const options = {
      serviceName: 'cut-off',
      exporters: [{ type: 'agentops', endpoint: `http://127.0.0.1:${await deadPort()}` }],
      retry: { attempts: 1 },
    } as const;
    const client = start(options);
    await session('run', () => tool('search', () => 'found'));
    await client.flush();

    const scraped = await scrape(port);
    expect(scraped.value('agentops_spans_spooled', of('agentops'))).toBe(2);
    expect(scraped.value('agentops_spool_records', of('agentops'))).toBe(1);
    const bytes = scraped.value('agentops_spool_bytes', of('agentops')) ?? 0;
    expect(bytes).toBeGreaterThan(500);
    expect(scraped.value('agentops_spool_oldest_age', of('agentops'))).toBeLessThan(60);
    expectBalance(scraped, 'agentops');
    await shutdown();

    start(options);
    let later = await scrape(port);
    while (later.value('agentops_spans_recovered_total') === 0) later = await scrape(port);
    expect(later.value('agentops_spans_recovered_total', of('agentops'))).toBe(2);
    expect(later.value('agentops_spool_bytes', of('agentops'))).toBe(bytes);
    expectBalance(later, 'agentops');
  });

  it('tell what waits in memory and what is under way', async ({ endpoint }) => {
    const held = Promise.withResolvers<object>();
    endpoint.answer(held.promise);
    const client = start({ exporters: [{ type: 'agentops', endpoint: endpoint.url }], batch: { size: 2 } });
    await session('run', () => tool('search', () => 'found'));
    startSession({ name: 'third' }).end();
    await endpoint.requests(1);

    const component = { otel_component_name: 'agentops' };
    const during = await scrape(port);
    expect(during.value('agentops_spans_pending', of('agentops'))).toBe(3);
    expect(during.value('otel_sdk_processor_span_queue_size', component)).toBe(3);
    expect(during.value('otel_sdk_processor_span_queue_capacity', component)).toBe(65_536);
    expect(during.value('otel_sdk_exporter_span_inflight', component)).toBe(2);
    held.resolve({});
    await client.flush();

    const after = await scrape(port);
    expect(after.value('agentops_spans_pending', of('agentops'))).toBe(0);
    expect(after.value('otel_sdk_exporter_span_inflight', component)).toBe(0);
    expect(after.value('otel_sdk_exporter_span_exported_total', component)).toBe(3);
    expect(after.value('otel_sdk_processor_span_processed_total', component)).toBe(3);
  });

  it('tell how sessions ended, how long they took and what they cost', async () => {
    start({ exporters: [new InMemorySpanExporter()] });
    await session('good', (run) => {
      run.record(
        new LLMEvent({ model: 'gpt-4o', provider: 'openai', promptTokens: 1000, completionTokens: 10 }),
      );
    });
    startSession({ name: 'bad' }).end('Fail', 'broken');
    startSession({ name: 'open' });

    const scraped = await scrape(port);
    const state = (end: string) => ({ agentops_session_end_state: end });
    expect(scraped.value('agentops_sessions_active')).toBe(1);
    expect(scraped.value('agentops_sessions_ended_total', state('Success'))).toBe(1);
    expect(scraped.value('agentops_sessions_ended_total', state('Fail'))).toBe(1);
    expect(scraped.value('agentops_session_spans_sum', state('Success'))).toBe(2);
    expect(scraped.value('agentops_session_duration_count')).toBe(2);
    expect(scraped.value('agentops_session_cost_count')).toBe(1);
    expect(scraped.value('agentops_session_cost_sum')).toBeCloseTo(0.0026, 6);
  });

  it('count the sessions that the sampler left out', async () => {
    start({ exporters: [new InMemorySpanExporter()], sampling: { rate: 0 } });
    await session('unseen', () => tool('search', () => 'found'));

    const scraped = await scrape(port);
    expect(scraped.value('agentops_sessions_ended_total', { agentops_session_sampled: 'false' })).toBe(1);
    expect(scraped.value('agentops_session_spans_count')).toBeUndefined();
  });

  it("have OpenTelemetry's own among them, and the memory of the process", async () => {
    start({ exporters: [new InMemorySpanExporter()] });
    await session('run', () => tool('search', () => 'found'));

    const scraped = await scrape(port);
    expect(scraped.value('otel_sdk_span_started_total')).toBe(2);
    expect(scraped.value('otel_sdk_span_live')).toBe(0);
    expect(scraped.value('agentops_process_memory', { agentops_memory_type: 'rss' })).toBeGreaterThan(1e7);
    expect(scraped.of('target_info')[0]?.labels).toMatchObject({ service_name: 'agentops' });
  });

  it("carry the user's own instruments too", async () => {
    const client = start({ exporters: [] });
    client.telemetry.meter.createCounter('shop.orders').add(3);
    metrics.getMeter('other library').createCounter('library.calls').add(4);

    const scraped = await scrape(port);
    expect(scraped.value('shop_orders_total')).toBe(3);
    expect(scraped.value('library_calls_total')).toBe(4);
  });
});

describe('the endpoint for Prometheus (T10, T13)', () => {
  it('answers /metrics alone, and to GET alone', async () => {
    start({ exporters: [] });
    await scrape(port);
    const status = async (path: string, method = 'GET'): Promise<number> =>
      (await fetch(`http://127.0.0.1:${port}${path}`, { method })).status;

    expect(await status('/metrics?name[]=up')).toBe(200);
    expect(await status('/')).toBe(404);
    expect(await status('/metrics', 'POST')).toBe(405);
  });

  it('is closed by the shutdown, and open again after the next init', async () => {
    start({ exporters: [] });
    await scrape(port);
    await shutdown();
    await expect(fetch(`http://127.0.0.1:${port}/metrics`)).rejects.toThrow();

    start({ exporters: [new InMemorySpanExporter()] });
    expect((await scrape(port)).value('agentops_sessions_active')).toBe(0);
  });

  it('that finds its port taken is reported with what to set, and the program goes on', async ({
    endpoint: taken,
  }) => {
    const reported = Promise.withResolvers<AgentOpsError>();
    const memory = new InMemorySpanExporter();
    const client = start({
      exporters: [memory],
      metrics: { prometheus: { port: taken.port } },
      onError: reported.resolve,
    });

    const error = await reported.promise;
    expect(error.code).toBe('metrics_failed');
    expect(error.message).toContain(`port ${taken.port} of 127.0.0.1 is taken; set metrics.prometheus.port`);
    await session('run', () => 'done');
    await client.flush();
    expect(memory.getFinishedSpans()).toHaveLength(1);
  });

  it('keeps no process alive, not even with a scraper connected', async () => {
    const exit = await runProgram('scraped.ts', [String(port)]);

    expect(exit).toMatchObject({ code: 0, stderr: '' });
    const { endedAfter } = JSON.parse(exit.stdout);
    expect(endedAfter).toBe('soon');
  });
});
