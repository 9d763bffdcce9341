import { createNoopMeter, metrics, trace } from '@opentelemetry/api';
import {
  AggregationTemporality,
  AggregationType,
  DataPointType,
  InMemoryMetricExporter,
  MeterProvider,
  MetricReader,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { InMemorySpanExporter, TracerProvider } from '@opentelemetry/sdk-trace';
import {
  type AgentOpsError,
  agentopsSpanProcessor,
  init,
  LLMEvent,
  type MetricsOptions,
  session,
  shutdown,
} from 'agentops';
import { afterEach, describe, expect, it } from 'vitest';

afterEach(async () => {
  await shutdown();
  metrics.disable();
  trace.disable();
});

/** A reader of the user's own, asked by hand. */
class PullingReader extends MetricReader {
  protected async onForceFlush(): Promise<void> {}
  protected async onShutdown(): Promise<void> {}

  /** The values of a metric's data points, by their attributes in JSON. */
  async read(name: string): Promise<Record<string, unknown> | undefined> {
    const { resourceMetrics } = await this.collect();
    const found = resourceMetrics.scopeMetrics
      .flatMap((scope) => scope.metrics)
      .find(({ descriptor }) => descriptor.name === name);
    return found && Object.fromEntries(found.dataPoints.map((p) => [JSON.stringify(p.attributes), p.value]));
  }
}

function start(options: MetricsOptions | false, onError: (error: AgentOpsError) => void = () => {}) {
  return init({
    exporters: [new InMemorySpanExporter()],
    logs: { level: 'silent' },
    metrics: options,
    onError,
  });
}

const ENDED = 'agentops.sessions.ended';

describe('the meter provider (T1, T10)', () => {
  it('is one that does nothing while nobody reads, and none is registered', async () => {
    const client = start({});
    await session('run', () => 'done');

    expect(client.telemetry.meter).toBe(createNoopMeter());
    expect(metrics.getMeter('any')).toBe(createNoopMeter());
    expect(client.stats().exporters.InMemorySpanExporter).toMatchObject({ ended: 1 });
  });

  it('does nothing where metrics are off, whatever the application has', async () => {
    const reader = new PullingReader();
    metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));
    start(false);
    await session('run', () => 'done');

    expect(await reader.read(ENDED)).toBeUndefined();
    expect(await reader.read('otel.sdk.span.started')).toBeUndefined();
  });

  it("is the application's own where it is given, and is left running by the shutdown", async () => {
    const reader = new PullingReader();
    const meterProvider = new MeterProvider({ readers: [reader] });
    start({ meterProvider });
    await session('run', () => 'done');
    expect(Object.values((await reader.read(ENDED)) ?? {})).toEqual([1]);
    expect(Object.values((await reader.read('agentops.spans.ended')) ?? {})).toEqual([1]);
    expect(metrics.getMeter('any')).toBe(createNoopMeter());

    await shutdown();
    meterProvider.getMeter('shop').createCounter('orders').add(1);
    expect(await reader.read('orders')).toEqual({ '{}': 1 });
  });

  it("is the application's global one where there is one and nothing else is configured", async () => {
    const reader = new PullingReader();
    const provider = new MeterProvider({ readers: [reader] });
    metrics.setGlobalMeterProvider(provider);
    start({});
    await session('run', () => 'done');
    expect(Object.values((await reader.read(ENDED)) ?? {})).toEqual([1]);

    await shutdown();
    expect(metrics.getMeterProvider()).toBe(provider);
  });

  it('is read no more after the shutdown, also where it lives on', async () => {
    const reader = new PullingReader();
    const meterProvider = new MeterProvider({ readers: [reader] });
    start({ meterProvider });
    await session('run', () => 'done');
    await shutdown();
    const client = start({ meterProvider });
    await session('run', () => 'done');
    await client.flush();

    // One provider, two clients: the figures of the first would stand beside those of the second.
    expect(Object.values((await reader.read('agentops.sessions.active')) ?? {})).toEqual([0]);
    expect(Object.values((await reader.read('agentops.spans.delivered')) ?? {})).toEqual([1]);
  });

  it('has the calls since its last collection counted by the shutdown, where it lives on', async () => {
    const reader = new PullingReader();
    start({ meterProvider: new MeterProvider({ readers: [reader] }) });
    const tokens = 'gen_ai.client.inference.usage.input_tokens';
    const call = () => new LLMEvent({ model: 'gpt-4o', promptTokens: 100, completionTokens: 1 });
    session('run', (run) => run.record(call()));
    expect(Object.values((await reader.read(tokens)) ?? {})).toEqual([100]);

    session('run', (run) => run.record(call()));
    await shutdown();
    expect(Object.values((await reader.read(tokens)) ?? {})).toEqual([200]);
  });

  it('is one of ours where readers are configured, global for as long as the client lives', async () => {
    const reader = new PullingReader();
    const client = start({ readers: [reader] });
    await session('run', () => 'done');
    metrics.getMeter('shop').createCounter('orders').add(2);
    client.telemetry.meter.createHistogram('basket').record(1);

    expect(Object.values((await reader.read(ENDED)) ?? {})).toEqual([1]);
    expect(await reader.read('orders')).toEqual({ '{}': 2 });
    expect(await reader.read('basket')).toBeDefined();
    await shutdown();
    expect(metrics.getMeter('shop')).toBe(createNoopMeter());
  });

  it("of ours does not take the place of the application's", async () => {
    const theirs = new MeterProvider();
    metrics.setGlobalMeterProvider(theirs);
    const reader = new PullingReader();
    start({ readers: [reader] });
    await session('run', () => 'done');

    expect(metrics.getMeterProvider()).toBe(theirs);
    expect(Object.values((await reader.read(ENDED)) ?? {})).toEqual([1]);
    await shutdown();
    expect(metrics.getMeterProvider()).toBe(theirs);
  });

  it('that is given leaves nothing for readers to do, which is said', () => {
    const errors: AgentOpsError[] = [];
    start({ meterProvider: new MeterProvider(), prometheus: true }, (error) => errors.push(error));

    expect(errors.map(({ code }) => code)).toEqual(['invalid_config']);
    expect(errors[0]?.message).toContain('metrics.meterProvider is given');
  });

  it('of the application leaves nothing for views to do, which is said', () => {
    metrics.setGlobalMeterProvider(new MeterProvider());
    const errors: AgentOpsError[] = [];
    start({ views: [{ instrumentName: '*' }] }, (error) => errors.push(error));

    expect(errors.map(({ message }) => message)).toEqual([
      expect.stringContaining('the application has a global meter provider'),
    ]);
  });

  it("gets the figures of sessions in an application's own tracing as well", async () => {
    trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [agentopsSpanProcessor()] }));
    const reader = new PullingReader();
    const client = start({ readers: [reader] });
    await session('run', (run) => void run.record(new LLMEvent({ promptTokens: 5 })));
    await client.flush();

    expect(Object.values((await reader.read('agentops.spans.delivered')) ?? {})).toEqual([2]);
    expect(Object.values((await reader.read('gen_ai.client.inference.usage.input_tokens')) ?? {})).toEqual([
      5,
    ]);
    expect(Object.values((await reader.read(ENDED)) ?? {})).toEqual([1]);
  });

  it('that is broken is reported and costs the program nothing', async () => {
    const errors: AgentOpsError[] = [];
    const broken = {
      getMeter: () => {
        throw new Error('no meter');
      },
    };
    const client = start({ meterProvider: broken }, (error) => errors.push(error));
    expect(await session('run', () => 'done')).toBe('done');
    await client.flush();

    expect(client.stats().exporters.InMemorySpanExporter).toMatchObject({ delivered: 1 });
    expect(errors.map(({ message }) => message)).toEqual(['metrics failed: no meter']);
  });
});

describe('readers, views and limits of the user (T10)', () => {
  it('push through any exporter that OpenTelemetry has', async () => {
    const exporter = new InMemoryMetricExporter(AggregationTemporality.DELTA);
    const client = start({ readers: [new PeriodicExportingMetricReader({ exporter })] });
    await session('run', () => 'done');
    await client.flush();

    const [sent] = exporter.getMetrics();
    const names = sent?.scopeMetrics.flatMap((scope) =>
      scope.metrics.map((metric) => metric.descriptor.name),
    );
    expect(names).toContain(ENDED);
    expect(sent?.resource.attributes).toMatchObject({ 'service.name': 'agentops' });
  });

  it('aggregate in other ways, under other names, or not at all', async () => {
    const reader = new PullingReader();
    start({
      readers: [reader],
      views: [
        {
          instrumentName: 'agentops.session.duration',
          name: 'run_seconds',
          aggregation: { type: AggregationType.EXPONENTIAL_HISTOGRAM },
        },
        { instrumentName: 'agentops.process.memory', aggregation: { type: AggregationType.DROP } },
      ],
    });
    await session('run', () => 'done');

    const { resourceMetrics } = await reader.collect();
    const found = resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics);
    const renamed = found.find(({ descriptor }) => descriptor.name === 'run_seconds');
    expect(renamed?.dataPointType).toBe(DataPointType.EXPONENTIAL_HISTOGRAM);
    expect(found.map(({ descriptor }) => descriptor.name)).not.toContain('agentops.session.duration');
    expect(found.map(({ descriptor }) => descriptor.name)).not.toContain('agentops.process.memory');
  });
});
