import { context, propagation, type TextMapPropagator, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import {
  InMemorySpanExporter,
  type Sampler,
  SamplingDecision,
  SimpleSpanProcessor,
  type SpanExporter,
  type SpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { agent, agentopsSpanProcessor, init, session, shutdown, startSession, tool } from 'agentops';
import { afterEach, describe, expect, it } from 'vitest';
import { accountOf } from '../support/invariant.ts';
import { startRecording } from '../support/recording.ts';

afterEach(async () => {
  await shutdown();
  trace.disable();
  context.disable();
  propagation.disable();
});

/** Takes every batch and never answers. */
class HangingExporter implements SpanExporter {
  export(): void {}
  async shutdown(): Promise<void> {}
}

/** Fails in every way an exporter can. */
class FaultyExporter implements SpanExporter {
  #calls = 0;
  export(_spans: unknown, done: (result: ExportResult) => void): void {
    this.#calls += 1;
    if (this.#calls % 2 === 1) throw new Error('export broke');
    done({ code: ExportResultCode.FAILED, error: new Error('export failed') });
  }
  shutdown(): Promise<void> {
    return Promise.reject(new Error('shutdown broke'));
  }
}

/** Throws at every turn. */
class FaultyProcessor implements SpanProcessor {
  onStart(): void {
    throw new Error('onStart broke');
  }
  onEnding(): void {
    throw new Error('onEnding broke');
  }
  onEnd(): void {
    throw new Error('onEnd broke');
  }
  forceFlush(): Promise<void> {
    throw new Error('forceFlush broke');
  }
  shutdown(): Promise<void> {
    return Promise.reject(new Error('shutdown broke'));
  }
}

describe('several exporters (T1)', () => {
  it('all get every span and are accounted for one by one', async () => {
    const [first, second] = [new InMemorySpanExporter(), new InMemorySpanExporter()];
    const client = init({ exporters: [first, second] });
    session('run', () => tool('search', () => {}));
    await client.flush();

    for (const exporter of [first, second]) expect(exporter.getFinishedSpans()).toHaveLength(2);
    expect(accountOf(client, 'InMemorySpanExporter').delivered).toBe(2);
    expect(accountOf(client, 'InMemorySpanExporter-2').delivered).toBe(2);
  });

  it('do not wait for one that hangs', async () => {
    const arrived = Promise.withResolvers<string[]>();
    const quick: SpanExporter = {
      export(spans, done) {
        done({ code: ExportResultCode.SUCCESS });
        arrived.resolve(spans.map((span) => span.name));
      },
      shutdown: async () => {},
    };
    const client = init({
      exporters: [new HangingExporter(), quick],
      batch: { interval: 1 },
      logs: { level: 'silent' },
    });
    startSession({ name: 'run' }).end();

    expect(await arrived.promise).toEqual(['run']);
    expect(accountOf(client, 'HangingExporter').pending).toBe(1);
    await client.shutdown(20);
    expect(accountOf(client, 'HangingExporter').dropped).toEqual({ shutdown: 1 });
    expect(accountOf(client, 'Object').delivered).toBe(1);
  });
});

describe('the program and the faults of what it plugs in (T3)', () => {
  it('never see what one of them does to a span (T3)', async () => {
    const meddling: SpanExporter = {
      export(spans, done) {
        for (const span of spans) Object.assign(span.attributes, { meddled: true });
        for (const span of spans) span.status.message = 'meddled';
        done({ code: ExportResultCode.SUCCESS });
      },
      shutdown: async () => {},
    };
    const last = new InMemorySpanExporter();
    const client = init({ exporters: [meddling, last] });
    startSession({ name: 'run' }).end();
    await client.flush();

    const [span] = last.getFinishedSpans();
    expect(span?.attributes.meddled).toBeUndefined();
    expect(span?.status.message).toBeUndefined();
  });

  it('never meet, whatever throws', async () => {
    const sampler: Sampler = {
      shouldSample() {
        throw new Error('sampler broke');
      },
    };
    const client = init({
      exporters: [new FaultyExporter()],
      processors: [new FaultyProcessor()],
      sampling: { sampler },
      retry: { initial: 1, attempts: 2 },
      logs: { level: 'silent' },
      onError() {
        throw new Error('onError broke');
      },
    });
    const result = await session('run', () => agent('planner', async () => tool('search', () => 'found')));
    await client.flush();
    await client.shutdown();

    expect(result).toBe('found');
    expect(accountOf(client, 'FaultyExporter')).toMatchObject({ ended: 3, dropped: { export_failed: 3 } });
    expect(client.stats().errors.internal).toBeGreaterThanOrEqual(12);
  });

  it('keep the spans from everyone else untouched', async () => {
    const seen: string[] = [];
    const watching: SpanProcessor = {
      onStart: (span) => void span.setAttribute('seen', true),
      onEnd: (span) => void seen.push(span.name),
      forceFlush: async () => {},
      shutdown: async () => {},
    };
    const recording = startRecording({ processors: [new FaultyProcessor(), watching] });
    startSession({ name: 'run' }).end();

    expect((await recording.span('run')).attributes.seen).toBe(true);
    expect(seen).toEqual(['run']);
    expect(recording.errors.map(({ message }) => message)).toContain(
      'FaultyProcessor.onEnd failed: onEnd broke',
    );
  });

  it('may be async functions: what they are rejected with is reported, and ends no program', async () => {
    const broken = async () => Promise.reject(new Error('broke'));
    const { client, errors } = startRecording({
      exporters: [{ type: 'custom', name: 'async', exporter: { export: broken, shutdown: async () => {} } }],
      processors: [{ onStart: broken, onEnd: broken, forceFlush: async () => {}, shutdown: async () => {} }],
      retry: { attempts: 1 },
    });
    session('run', () => {});
    await client.flush();

    expect(accountOf(client, 'async')).toMatchObject({ ended: 1, dropped: { export_failed: 1 } });
    expect(errors.map(({ message }) => message)).toEqual([
      'Object.onStart failed: broke',
      'Object.onEnd failed: broke',
      expect.stringMatching(/exporter async dropped 1 span .*: broke$/),
    ]);
  });

  it('are told apart from a processor that hangs in its shutdown', async () => {
    const hanging: SpanProcessor = {
      onStart() {},
      onEnd() {},
      forceFlush: async () => {},
      shutdown: () => new Promise(() => {}),
    };
    const recording = startRecording({ processors: [hanging] });
    startSession().end();
    await recording.client.shutdown(500);

    expect(accountOf(recording.client, 'InMemorySpanExporter').delivered).toBe(1);
  });
});

describe('sampling', () => {
  it('keeps or drops whole sessions, which run all the same', async () => {
    const recording = startRecording({ sampling: { rate: 0 } });
    const run = startSession();
    expect(run.run(() => agent('planner', () => tool('search', () => 'found')))).toBe('found');
    run.end('Success');

    expect(await recording.spans()).toEqual([]);
    expect(run.endState).toBe('Success');
    expect(recording.client.stats().openSessions).toBe(0);
  });

  it('asks once per session', async () => {
    const asked: string[] = [];
    const sampler: Sampler = {
      shouldSample(_context, _traceId, name) {
        asked.push(name);
        return { decision: SamplingDecision.RECORD_AND_SAMPLED };
      },
    };
    const recording = startRecording({ sampling: { sampler } });
    session('run', () => agent('planner', () => tool('search', () => {})));

    expect(asked).toEqual(['run']);
    expect(await recording.spans()).toHaveLength(3);
  });
});

describe("in an application's own OpenTelemetry set-up (T13)", () => {
  function ownSetUp() {
    const exporter = new InMemorySpanExporter();
    const provider = new TracerProvider({
      spanProcessors: [new SimpleSpanProcessor({ exporter }), agentopsSpanProcessor()],
    });
    trace.setGlobalTracerProvider(provider);
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    const names = () => exporter.getFinishedSpans().map((span) => span.name);
    return { names, provider, tracer: trace.getTracer('application') };
  }

  it('sends the spans of sessions, and leaves the rest to the application', async () => {
    const { names, tracer } = ownSetUp();
    const recording = startRecording();
    await tracer.startActiveSpan('GET /', async (request) => {
      await session('run', async () => {
        tool('search', () => {});
        tracer.startActiveSpan('SELECT', (span) => span.end());
      });
      request.end();
    });

    expect(names()).toEqual(['execute_tool search', 'SELECT', 'run', 'GET /']);
    const ours = await recording.spans();
    expect(ours.map((span) => span.name)).toEqual(['execute_tool search', 'SELECT', 'run']);
    const run = ours.at(-1);
    for (const span of ours) {
      expect(span.attributes['session.id']).toBe(run?.attributes['session.id']);
      expect(span.spanContext().traceId).toBe(run?.spanContext().traceId);
    }
    expect(run?.links).toHaveLength(1);
  });

  it('says so when the application hands no spans over', () => {
    const provider = new TracerProvider();
    trace.setGlobalTracerProvider(provider);
    const { errors } = startRecording();
    session('run', () => {});

    expect(errors).toMatchObject([{ code: 'invalid_config' }]);
    expect(errors[0]?.message).toContain('no agentopsSpanProcessor()');
  });

  it('counts a span once, however often the processor is registered', async () => {
    const one = agentopsSpanProcessor();
    trace.setGlobalTracerProvider(
      new TracerProvider({ spanProcessors: [one, agentopsSpanProcessor(), one] }),
    );
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    const recording = startRecording();
    const counts = await session('run', async (run) => {
      tool('search', () => {});
      return run.telemetry.counts;
    });

    expect((await recording.spans()).map(({ name }) => name)).toEqual(['execute_tool search', 'run']);
    expect(counts).toMatchObject({ tools: 1, spans: 2 });
  });

  it('leaves provider, context and running spans of the application alone at the shutdown', async () => {
    const { names, tracer } = ownSetUp();
    const provider = trace.getTracerProvider();
    const { client } = startRecording();
    const request = tracer.startSpan('GET /');
    startSession({ name: 'left open' });
    await client.shutdown();

    expect(names()).toEqual(['left open']);
    expect(client.telemetry.activeSpans()).toEqual([]);
    expect(trace.getTracerProvider()).toBe(provider);
    request.end();
    tracer.startActiveSpan('after', (span) => {
      expect(trace.getActiveSpan()).toBe(span);
      span.end();
    });
    expect(names()).toEqual(['left open', 'GET /', 'after']);
  });

  it("takes its ids from the application's provider, also where another was wanted", async () => {
    ownSetUp();
    const recording = startRecording();
    const run = startSession({ name: 'run', id: '0190a8f0-1c2d-7e3f-8a4b-5c6d7e8f9a0b' });
    run.end();

    const root = await recording.span('run');
    expect(root.spanContext().traceId).toBe(run.traceId);
    expect(root.attributes['session.id']).toBe(run.id);
    expect(run.id).not.toBe('0190a8f0-1c2d-7e3f-8a4b-5c6d7e8f9a0b');
  });

  it("delivers with the application's own flush", async () => {
    const { provider } = ownSetUp();
    const { client } = startRecording();
    startSession().end();
    await provider.forceFlush();

    expect(accountOf(client, 'InMemorySpanExporter').delivered).toBe(1);
  });

  it('does nothing before init and after the shutdown', async () => {
    const { names, tracer } = ownSetUp();
    tracer.startSpan('before').end();
    const recording = startRecording();
    await recording.client.shutdown();
    tracer.startSpan('after').end();

    expect(names()).toEqual(['before', 'after']);
    expect(accountOf(recording.client, 'InMemorySpanExporter').ended).toBe(0);
  });
});

describe('the global registrations (T13)', () => {
  it('are made by init and taken back by shutdown, as often as you like', async () => {
    for (let round = 0; round < 3; round += 1) {
      const recording = startRecording();
      trace.getTracer(`round ${round}`).startActiveSpan('work', (span) => span.end());
      expect((await recording.spans()).map((span) => span.name)).toEqual(['work']);
      await shutdown();
      expect(trace.getTracer('none').startSpan('nothing').isRecording()).toBe(false);
      expect(propagation.fields()).toEqual([]);
    }
  });

  it('leave a propagator of the application where it is', async () => {
    const own: TextMapPropagator = { inject() {}, extract: (active) => active, fields: () => ['x-own'] };
    propagation.setGlobalPropagator(own);
    startRecording();
    expect(propagation.fields()).toEqual(['x-own']);
    await shutdown();

    expect(propagation.fields()).toEqual(['x-own']);
  });

  it('carry the trace context in W3C form', () => {
    startRecording();
    const carrier: Record<string, string> = {};
    const run = startSession();
    run.run(() => propagation.inject(context.active(), carrier));

    expect(carrier.traceparent).toMatch(new RegExp(`^00-${run.traceId}-[0-9a-f]{16}-01$`));
  });
});
