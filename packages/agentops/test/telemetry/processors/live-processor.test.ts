import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { TracerProvider } from '@opentelemetry/sdk-trace';
import {
  agent,
  agentopsSpanProcessor,
  type Client,
  type InitOptions,
  SessionExporter,
  shutdown,
  startSession,
  tool,
} from 'agentops';
import { describe, expect } from 'vitest';
import { accountOf } from '../../support/invariant.ts';
import { deadPort, type OtlpEndpoint } from '../../support/otlp-endpoint.ts';
import { runProgram } from '../../support/program.ts';
import { it as sending } from '../../support/sending.ts';

const it = sending.extend('options', (): InitOptions => ({ spool: false, live: { interval: 50 } }));

const named = (name: string) => (span: { readonly operation_name: string }) => span.operation_name === name;

/** Names of everything that was shown while it ran. */
const liveNames = ({ live }: OtlpEndpoint): Set<string> =>
  new Set(live.flatMap(({ spans }) => spans.map((span) => span.operation_name)));

describe('what is running (T7)', () => {
  it('can be asked for', async ({ start }) => {
    const { telemetry } = start();
    const run = startSession({ name: 'run' });
    await run.run(() =>
      agent('planner', async () => {
        const foreign = trace.getTracer('foreign').startSpan('SELECT');
        const spans = telemetry.activeSpans();
        expect(spans).toMatchObject([
          { name: 'run', kind: 'session', parentSpanId: undefined },
          { name: 'invoke_agent planner', kind: 'agent', parentSpanId: spans[0]?.spanId },
          { name: 'SELECT', kind: undefined, parentSpanId: spans[1]?.spanId },
        ]);
        for (const span of spans) {
          expect(span).toMatchObject({ sessionId: run.id, traceId: run.traceId });
          expect(Date.now() - Date.parse(span.startedAt)).toBeLessThan(10_000);
          expect(span.elapsedMs).toBeGreaterThanOrEqual(0);
        }
        foreign.end();
        expect(telemetry.activeSpans()).toHaveLength(2);
      }),
    );
    run.end();
    expect(telemetry.activeSpans()).toEqual([]);
  });

  it('is said with its time so far', ({ start }) => {
    const { telemetry } = start();
    startSession({ startTime: new Date(Date.now() - 60_000) });
    expect(telemetry.activeSpans()[0]?.elapsedMs).toBeGreaterThanOrEqual(59_000);
  });
});

describe("in an application's own set-up (T7)", () => {
  it('sessions are shown, and nothing of the application', async ({ endpoint, start }) => {
    const provider = new TracerProvider({ spanProcessors: [agentopsSpanProcessor()] });
    trace.setGlobalTracerProvider(provider);
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    try {
      const { telemetry } = start();
      trace.getTracer('application').startSpan('GET /');
      const run = startSession({ name: 'run' });
      run.run(() => trace.getTracer('application').startSpan('SELECT'));
      await endpoint.liveSpan(named('SELECT'));

      expect(liveNames(endpoint)).toEqual(new Set(['run', 'SELECT']));
      expect(telemetry.activeSpans().map(({ name }) => name)).toEqual(['run', 'SELECT']);
    } finally {
      trace.disable();
      context.disable();
    }
  });
});

describe('running sessions (T7)', () => {
  it('are shown with their agents as they start, and end as any other', async ({ endpoint, start }) => {
    const client = start({ live: { interval: '1h', attributes: { region: 'eu' } } });
    const run = startSession({ name: 'run', tags: ['beta'], metadata: { ticket: 4711 } });
    const planner = run.startAgent('planner');
    planner.run(() => tool('search', () => {}));
    const shown = await endpoint.liveSpan(named('run'));

    expect(shown).toMatchObject({ trace_id: run.traceId, session_id: run.id, end_time: null });
    expect(shown.attributes).toMatchObject({
      'agentops.in_flight': true,
      'agentops.session.name': 'run',
      'agentops.session.tags': ['beta'],
      'agentops.session.metadata.ticket': 4711,
      region: 'eu',
      'agentops.live.interval': 3_600_000,
    });
    expect(liveNames(endpoint)).toEqual(new Set(['run', 'invoke_agent planner']));

    planner.end();
    run.end('Success');
    await client.flush();
    const ended = endpoint.received.flatMap(({ spans }) => spans);
    expect(ended.map((span) => span.operation_name)).toEqual([
      'execute_tool search',
      'invoke_agent planner',
      'run',
    ]);
    for (const span of ended) {
      expect(span.end_time).not.toBe(null);
      expect(span.attributes).not.toHaveProperty('agentops.in_flight');
      expect(span.attributes).not.toHaveProperty('region');
      expect(span.attributes).not.toHaveProperty('agentops.live.interval');
    }
  });

  it.for<[string, (client: Client) => Promise<void>]>([
    ['flush', (client: Client) => client.flush()],
    ['shutdown', () => shutdown()],
  ])(
    'say when they are handed over that nobody beats for them now, by the end of %s',
    async ([_, wait], { endpoint, start }) => {
      const client = start({ live: { interval: '1h' } });
      const announced = startSession({ name: 'announced' });
      await endpoint.liveSpan(named('announced'));
      const fresh = startSession({ name: 'fresh' });
      for (const run of [announced, fresh]) run.detach();
      await wait(client);

      const shown = endpoint.live.flatMap(({ spans }) => spans);
      for (const run of [announced, fresh]) {
        const last = shown.findLast(named(run.name));
        expect(last).toMatchObject({ trace_id: run.traceId, end_time: null });
        expect(last?.attributes).toMatchObject({ 'agentops.in_flight': true });
        expect(last?.attributes).not.toHaveProperty('agentops.live.interval');
      }
    },
  );

  it('are not shown where they end at once', async ({ endpoint, start }) => {
    const client = start();
    startSession({ name: 'short' }).end();
    startSession({ name: 'run' });
    await endpoint.liveSpan(named('run'));
    await client.flush();

    expect(liveNames(endpoint)).toEqual(new Set(['run']));
    const ended = endpoint.received.flatMap(({ spans }) => spans);
    expect(ended.map((span) => span.operation_name)).toEqual(['short']);
    expect(ended[0]?.attributes).not.toHaveProperty('agentops.in_flight');
  });

  it('show again what has become of them, at every interval', async ({ endpoint, start }) => {
    start();
    const run = startSession({ name: 'run' });
    await endpoint.liveSpan(named('run'));
    run.setMetadata({ step: 'second' });

    const later = await endpoint.liveSpan(
      (span) => span.attributes['agentops.session.metadata.step'] === 'second',
    );
    expect(later.operation_name).toBe('run');
  });

  it('show their other spans once those have run for a while', async ({ endpoint, start }) => {
    start();
    const run = startSession({ name: 'run' });
    const work = Promise.withResolvers<void>();
    const ended = run.run(() => {
      tool('short', () => {});
      return tool('long', () => work.promise);
    });
    const shown = await endpoint.liveSpan(named('execute_tool long'));
    work.resolve();
    await ended;

    expect(shown).toMatchObject({ end_time: null, session_id: run.id, span_kind: 'tool' });
    expect(shown.attributes).toHaveProperty('agentops.live.interval');
    expect(liveNames(endpoint)).not.toContain('execute_tool short');
  });

  it('are shown before their work, and however much of it there is', async ({ endpoint, start }) => {
    start();
    const runs = Array.from({ length: 5 }, (_, number) => startSession({ name: `run ${number}` }));
    const tracer = trace.getTracer('foreign');
    for (const run of runs) {
      run.run(() => {
        for (let number = 0; number < 300; number += 1) tracer.startSpan('query');
      });
    }
    const last = await endpoint.liveSpan(
      ({ trace_id, operation_name }) => operation_name === 'query' && trace_id === runs.at(-1)?.traceId,
    );
    expect(last.end_time).toBe(null);
    const names = endpoint.live.flatMap(({ spans }) => spans.map((span) => span.operation_name));
    expect(names.indexOf('query')).toBeGreaterThan(4);
  });

  it('promise nothing of work of which there is more than can be shown', async ({ endpoint, start }) => {
    start();
    const tracer = trace.getTracer('foreign');
    startSession({ name: 'run' }).run(() => {
      for (let number = 0; number < 2100; number += 1) tracer.startSpan('query');
    });
    const { attributes } = await endpoint.liveSpan(named('query'));
    expect(attributes).not.toHaveProperty('agentops.live.interval');
    const run = await endpoint.liveSpan(named('run'));
    expect(run.attributes).toHaveProperty('agentops.live.interval');
  });

  it('are not shown where they are not sampled', async ({ endpoint, start }) => {
    start({ sampling: { rules: [{ match: { name: 'shown' }, rate: 1 }], rate: 0, keep: { errors: true } } });
    const hidden = startSession({ name: 'hidden' });
    const held = hidden.startAgent('in hidden');
    startSession({ name: 'shown' });
    for (let beat = 0; beat < 3; beat += 1) {
      const { length } = endpoint.live;
      await endpoint.liveSpan((span) => named('shown')(span) && endpoint.live.length > length);
    }
    expect(liveNames(endpoint)).toEqual(new Set(['shown']));

    // What is kept for a failure is sampled from then on.
    held.end(new Error('broke'));
    const shown = await endpoint.liveSpan(named('hidden'));
    expect(shown.flags & 1).toBe(1);
  });

  it('are shown by no exporter that could not take it back', async ({ endpoint, start }) => {
    const own: string[] = [];
    start({
      exporters: [
        new SessionExporter({ endpoint: endpoint.url }),
        {
          export: (spans, done) => {
            own.push(...spans.map((span) => span.name));
            done({ code: 0 });
          },
          shutdown: async () => {},
        },
      ],
    });
    startSession({ name: 'run' });
    await endpoint.liveSpan(named('run'));
    expect(own).toEqual([]);
  });

  it('are shown no more after the shutdown, or with live off', async ({ endpoint, start }) => {
    const client = start();
    const run = startSession({ name: 'run' });
    await endpoint.liveSpan(named('run'));
    await client.shutdown();
    const { length } = endpoint.live;
    start({ live: false });
    startSession({ name: 'off' });
    await new Promise((resolve) => setTimeout(resolve, 150));

    expect(run.endState).toBe('Indeterminate');
    expect(endpoint.live).toHaveLength(length);
  });

  it('enter no account, and are not missed where nobody listens', async ({ start }) => {
    const errors: string[] = [];
    const client = start({
      endpoint: `http://127.0.0.1:${await deadPort()}`,
      retry: { attempts: 1 },
      onError: ({ code }) => errors.push(code),
    });
    const run = startSession({ name: 'run' });
    await new Promise((resolve) => setTimeout(resolve, 250));
    expect(errors).toEqual([]);
    expect(accountOf(client, 'agentops')).toMatchObject({ ended: 0, pending: 0 });

    run.end();
    await client.flush();
    expect(accountOf(client, 'agentops')).toMatchObject({ ended: 1, dropped: { export_failed: 1 } });
  });

  it('leave the program its end', async ({ endpoint }) => {
    const { code, stdout, stderr } = await runProgram('running.ts', [endpoint.url]);

    expect({ code, stdout, stderr }).toEqual({ code: 3, stdout: 'shown\n', stderr: '' });
    const spans = endpoint.received.flatMap((request) => request.spans);
    expect(spans.map((span) => span.attributes['agentops.session.end_state'])).toEqual(['Indeterminate']);
  });
});
