import { context, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  AlwaysOnSampler,
  InMemorySpanExporter,
  type Sampler,
  SamplingDecision,
  SimpleSpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import {
  agent,
  agentopsSpanProcessor,
  type SamplingOptions,
  session,
  shutdown,
  startSession,
  tool,
} from 'agentops';
import { afterEach, describe, expect, it } from 'vitest';
import { accountOf } from '../../support/invariant.ts';
import { type Recording, startRecording } from '../../support/recording.ts';

afterEach(async () => {
  await shutdown();
  trace.disable();
  context.disable();
});

/** Names of the sessions that were exported. */
async function sessionNames(recording: Recording): Promise<string[]> {
  const spans = await recording.spans();
  return spans.filter((span) => span.parentSpanContext === undefined).map((span) => span.name);
}

describe('rules (T6)', () => {
  const only = (match: NonNullable<SamplingOptions['rules']>[number]['match']): SamplingOptions => ({
    rate: 0,
    rules: [{ match, rate: 1 }],
  });

  it.each<[string, SamplingOptions]>([
    ['a name', only({ name: 'checkout' })],
    ['a name with a star', only({ name: 'check*' })],
    ['any of some tags', only({ tags: ['beta', 'vip'] })],
    ['the user', only({ attributes: { 'user.id': 'u-*' } })],
    ['metadata it starts with', only({ attributes: { 'agentops.session.metadata.tier': 3 } })],
    ['several at once', only({ name: '*out', tags: ['vip'], attributes: { 'user.id': 'u-17' } })],
  ])('are met by %s', async (_, sampling) => {
    const recording = startRecording({ sampling });
    session({ name: 'checkout', tags: ['vip'], userId: 'u-17', metadata: { tier: 3 } }, () => {});
    session({ name: 'refund', tags: ['other'], userId: 'x-17', metadata: { tier: 4 } }, () => {});
    session({ name: 'plain' }, () => {});

    expect(await sessionNames(recording)).toEqual(['checkout']);
    expect(recording.client.stats().sampling).toMatchObject({ sampled: 1, unsampled: 2 });
  });

  it('have all to hold of one', async () => {
    const recording = startRecording({ sampling: only({ name: 'checkout', tags: ['vip'] }) });
    session({ name: 'checkout', tags: ['beta'] }, () => {});
    session({ name: 'refund', tags: ['vip'] }, () => {});

    expect(await sessionNames(recording)).toEqual([]);
  });

  it('are asked in their order, before the rate', async () => {
    const recording = startRecording({
      sampling: {
        rate: 1,
        rules: [
          { match: { tags: ['vip'] }, rate: 1 },
          { match: { name: 'health*' }, rate: 0 },
        ],
      },
    });
    for (const tags of [['vip'], []]) session({ name: 'healthcheck', tags }, () => {});
    session('other', () => {});

    expect(await sessionNames(recording)).toEqual(['healthcheck', 'other']);
  });
});

describe('a session is recorded whole or not at all (T6)', () => {
  it('whatever works in it, at a rate of one half', async () => {
    const recording = startRecording({ sampling: { rate: 0.5 } });
    for (let number = 0; number < 400; number += 1) {
      await session('run', () =>
        agent('planner', async () => {
          tool('search', () => {});
          await null;
          trace.getTracer('foreign').startSpan('SELECT').end();
        }),
      );
    }

    const traces = Map.groupBy(await recording.spans(), (span) => span.spanContext().traceId);
    for (const spans of traces.values()) expect(spans).toHaveLength(4);
    expect(traces.size).toBeGreaterThan(150);
    expect(traces.size).toBeLessThan(250);
    expect(recording.client.stats().sampling).toMatchObject({
      sampled: traces.size,
      unsampled: 400 - traces.size,
    });
  });

  it('and the same in every service that knows its id', async () => {
    const ids = Array.from({ length: 50 }, () => crypto.randomUUID());
    const decided: string[][] = [];
    for (let service = 0; service < 2; service += 1) {
      const recording = startRecording({ sampling: { rate: 0.5 } });
      for (const id of ids) startSession({ id, name: id }).end();
      decided.push(await sessionNames(recording));
      await shutdown();
    }

    expect(decided[0]).toEqual(decided[1]);
    expect(decided[0]?.length).toBeGreaterThan(5);
    expect(decided[0]?.length).toBeLessThan(45);
  });

  it.each([
    ['whom all trust', 'all', ['GET 01']],
    ['whom nobody vouches for, decided here', 'internal', []],
  ] as const)('as a caller elsewhere has decided, %s', async (_caller, trustIncoming, recorded) => {
    const recording = startRecording({ sampling: { rate: 0 }, context: { trustIncoming } });
    const traceparent = (flags: string) => `00-0190a8f01c2d7e3f8a4b5c6d7e8f9a0b-5c6d7e8f9a0b0190-${flags}`;
    for (const flags of ['01', '00']) {
      const remote = propagation.extract(context.active(), { traceparent: traceparent(flags) });
      trace.getTracer('server').startSpan(`GET ${flags}`, {}, remote).end();
    }

    expect((await recording.spans()).map((span) => span.name)).toEqual(recorded);
  });
});

describe('sampling while the program runs (T6)', () => {
  it('is changed for the sessions to come', async () => {
    const recording = startRecording({ sampling: { rate: 0 } });
    const before = startSession({ name: 'before' });
    recording.client.telemetry.update({ sampling: { rate: 1, rules: [] } });
    before.run(() => tool('search', () => {}));
    before.end();
    session('after', () => {});

    expect((await recording.spans()).map((span) => span.name)).toEqual(['after']);
  });

  it('holds to a target of sessions a second', async () => {
    const recording = startRecording({
      sampling: { target: 2, rules: [{ match: { name: 'vip' }, rate: 1 }] },
    });
    for (let number = 0; number < 500; number += 1) session('usual', () => {});
    session('vip', () => {});

    const names = await sessionNames(recording);
    expect(names.at(-1)).toBe('vip');
    expect(names.length).toBeGreaterThan(2);
    expect(names.length).toBeLessThan(60);
  });
});

describe("sampling in an application's own set-up (T6)", () => {
  function joinOwnSetUp(sampler: Sampler = new AlwaysOnSampler()) {
    const exporter = new InMemorySpanExporter();
    trace.setGlobalTracerProvider(
      new TracerProvider({
        sampler,
        spanProcessors: [new SimpleSpanProcessor({ exporter }), agentopsSpanProcessor()],
      }),
    );
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    return exporter;
  }

  it('decides what our exporters get, and leaves the application its spans', async () => {
    const application = joinOwnSetUp();
    const recording = startRecording({ sampling: { rules: [{ match: { name: 'health' }, rate: 0 }] } });
    for (const name of ['health', 'run']) {
      const run = startSession({ name });
      run.run(() => tool('search', () => {}));
      run.end();
      run.run(() => tool('late', () => {}));
    }

    const names = ['execute_tool search', 'run', 'execute_tool late'];
    expect((await recording.spans()).map((span) => span.name)).toEqual(names);
    expect(application.getFinishedSpans()).toHaveLength(6);
    expect(recording.client.stats().sampling).toMatchObject({ sampled: 1, unsampled: 1 });
  });

  it("lets the application's sampler decide against a session, whatever ours would say", async () => {
    joinOwnSetUp({ shouldSample: () => ({ decision: SamplingDecision.RECORD }) });
    const recording = startRecording({ sampling: { rate: 1, keep: { errors: true } } });
    startSession({ name: 'run' }).end('Fail');

    expect(await recording.spans()).toEqual([]);
    expect(recording.client.stats().sampling).toMatchObject({ sampled: 0, unsampled: 0, kept: 0 });
  });

  it('keeps a failed session that the rate has left out', async () => {
    joinOwnSetUp();
    const recording = startRecording({ sampling: { rate: 0, keep: { errors: true } } });
    for (const end of ['Success', 'Fail'] as const) {
      const run = startSession({ name: end });
      run.run(() => tool('search', () => {}));
      run.end(end);
    }

    expect((await recording.spans()).map((span) => span.name)).toEqual(['execute_tool search', 'Fail']);
    expect(accountOf(recording.client, 'InMemorySpanExporter').ended).toBe(2);
  });
});
