import { context, propagation, trace } from '@opentelemetry/api';
import {
  ActionEvent,
  agent,
  continueSession,
  currentSession,
  record,
  resumeSession,
  type SessionReference,
  session,
  shutdown,
  startSession,
  stats,
  TraceContext,
  tool,
} from 'agentops';
import { afterEach, describe, expect, it } from 'vitest';
import { idOf, parentOf, startRecording } from '../support/recording.ts';

afterEach(() => shutdown());

/** What another process sent: a session that this one knows nothing of. */
const TRACE_ID = '0190a8f01c2d7e3f8a4b5c6d7e8f9a0b';
const SESSION_ID = '0190a8f0-1c2d-7e3f-8a4b-5c6d7e8f9a0b';
const SENT = { traceparent: `00-${TRACE_ID}-5c6d7e8f9a0b0190-01` };

/** A part of the session of `SENT` that is under way until its `finish` is called. */
function startPart() {
  const { promise, resolve } = Promise.withResolvers<void>();
  const done = continueSession(SENT, () => promise, { name: 'job' });
  return async (): Promise<void> => {
    resolve();
    await done;
  };
}

function startTimeOf({ detached }: SessionReference): [number, number] {
  const nanos = BigInt(detached?.startTime ?? 0);
  return [Number(nanos / 1_000_000_000n), Number(nanos % 1_000_000_000n)];
}

describe("work beside a part of another process's session (C2, C3)", () => {
  it('is in a session of its own, since it is not the other’s', async () => {
    const recording = startRecording();
    const finish = startPart();
    expect(currentSession()).toBe(undefined);
    expect(TraceContext.current().isValid).toBe(false);
    record(new ActionEvent({ actionType: 'housekeeping' }));
    await finish();

    const event = await recording.span('action housekeeping');
    expect(event.spanContext().traceId).not.toBe(TRACE_ID);
    expect(recording.errors).toEqual([]);
  });

  it('is in the one session that was started here', async () => {
    const recording = startRecording();
    const run = startSession();
    const finish = startPart();
    tool('search', () => 1);
    await finish();
    expect((await recording.span('execute_tool search')).spanContext().traceId).toBe(run.traceId);
  });

  it('is refused where no session is to start by itself', async () => {
    const recording = startRecording({ session: { autoStart: false } });
    const finish = startPart();
    tool('search', () => 1);
    await finish();
    expect(recording.errors.map(({ code }) => code)).toEqual(['no_session']);
  });

  it('does not see the baggage of what the process is at', async () => {
    startRecording({ context: { baggage: { hosts: ['*'] } } });
    await session('mine', () =>
      TraceContext.current()
        .withBaggage({ tenant: 'mine' })
        .run(() =>
          continueSession(SENT, () => {
            expect(propagation.getBaggage(context.active())?.getAllEntries() ?? []).toEqual([]);
            expect(TraceContext.current().inject({}, { to: 'orders.example' })).toMatchObject({
              baggage: `agentops.session.id=${SESSION_ID}`,
            });
          }),
        ),
    );
  });
});

describe('a part of the session it is called in (C2)', () => {
  it('is below the span that the carrier names', async () => {
    const recording = startRecording();
    await session('run', async () => {
      const carrier = await agent('planner', async () => TraceContext.current().inject({}));
      continueSession(carrier, () => 1, { name: 'job' });
    });
    expect(parentOf(await recording.span('job'))).toBe(idOf(await recording.span('invoke_agent planner')));
  });
});

describe('a session that is started inside a part (C2)', () => {
  it('has no agent of the caller', () => {
    startRecording({ context: { baggage: { hosts: ['*'] } } });
    continueSession({ ...SENT, baggage: 'agentops.agent.id=a-1' }, () =>
      session('own', (run) => {
        const here = TraceContext.current();
        expect(here.agentId).toBe(undefined);
        expect(here.toJSON()).not.toHaveProperty('baggage');
        expect(here.inject({}, { to: 'orders.example' })).toMatchObject({
          baggage: `agentops.session.id=${run.id}`,
        });
      }),
    );
  });
});

describe('parts at the same time (C2)', () => {
  it('stay one session where one of them disposes of it', async () => {
    startRecording();
    const finish = startPart();
    const run = continueSession(SENT, (part) => {
      using disposed = part;
      return disposed;
    });
    continueSession(SENT, (part) => expect(part).toBe(run));
    expect(stats().openSessions).toBe(1);
    await finish();
    expect(stats().openSessions).toBe(0);
  });

  it('do not keep the session from being resumed and ended', async () => {
    const recording = startRecording();
    const reference = startSession({ name: 'approval' }).detach();
    const { promise, resolve } = Promise.withResolvers<void>();
    const part = continueSession(reference, () => promise, { name: 'reminder' });

    const run = resumeSession(reference);
    resolve();
    await part;
    expect(currentSession()).toBe(run);
    run.end('Success');

    const root = await recording.span('approval');
    expect(root.attributes['agentops.session.end_state']).toBe('Success');
    expect(parentOf(await recording.span('reminder'))).toBe(idOf(root));
    expect(recording.errors).toEqual([]);
  });
});

describe('the sender of a carrier (C2)', () => {
  it('is not trusted where the connection says no address', async () => {
    const recording = startRecording();
    const { remoteAddress }: { remoteAddress?: string | undefined } = {};
    continueSession(SENT, () => 1, { name: 'job', from: remoteAddress });

    const root = await recording.span('job');
    expect(root.spanContext().traceId).not.toBe(TRACE_ID);
    expect(root.links.map((link) => link.context.traceId)).toEqual([TRACE_ID]);
  });

  it('is linked beside what the process is at, where it is not trusted', async () => {
    const recording = startRecording();
    const loop = startSession({ name: 'loop' });
    loop.run(() => continueSession(SENT, () => 1, { name: 'job', from: '203.0.113.9' }));
    const { links } = await recording.span('job');
    expect(links.map((link) => link.context.traceId)).toEqual([loop.traceId, TRACE_ID]);
  });

  it.each([
    ['a TraceContext', () => TraceContext.extract(SENT)],
    ['a bare traceparent', () => SENT.traceparent],
    ['JSON', () => JSON.stringify(SENT)],
  ])('is asked about whatever it sends: %s', (_what, carrier) => {
    startRecording();
    expect(continueSession(carrier(), (run) => run.id, { from: '127.0.0.1' })).toBe(SESSION_ID);
    expect(continueSession(carrier(), (run) => run.id, { from: '203.0.113.9' })).not.toBe(SESSION_ID);
    expect(stats().propagation.ignored).toMatchObject({ untrusted: 1 });
  });
});

describe('a reference (C2)', () => {
  it('is gone on with whatever is propagated over the network', () => {
    startRecording({ context: { propagation: [] } });
    const run = startSession();
    const reference = run.reference();
    expect(continueSession(JSON.parse(JSON.stringify(reference)), ({ id }) => id)).toBe(run.id);
    expect(continueSession(SENT, ({ id }) => id)).not.toBe(SESSION_ID);
  });

  it('keeps what the root was linked to, and may be handed over again', async () => {
    const recording = startRecording();
    const loop = startSession({ name: 'loop' });
    const first = loop.run(() => startSession({ name: 'approval' }).detach());
    const second = resumeSession(JSON.stringify(first)).detach();
    resumeSession(JSON.stringify(second)).end('Success');

    const root = await recording.span('approval');
    expect(root.links.map(({ context: linked }) => linked.traceId)).toEqual([loop.traceId]);
    expect(root.startTime).toEqual(startTimeOf(first));
  });

  it('is resumed as a session, whatever attributes it is given', async () => {
    const recording = startRecording();
    const { detached, ...reference } = startSession({ name: 'approval' }).detach();
    const stored = `{"__proto__":{"polluted":true}}`;
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`key.${index}`, index]));
    const attributes = { ...many, ...JSON.parse(stored), 'agentops.span.kind': 'tool' };
    const forged = { ...reference, detached: { ...detached, attributes } };
    resumeSession(JSON.stringify(forged)).end('Success');
    expect((await recording.span('approval')).attributes).toMatchObject({
      'agentops.span.kind': 'session',
      'agentops.session.end_state': 'Success',
    });
    expect(Object(recording)).not.toHaveProperty('polluted');
  });
});

describe('a session that is held for what becomes of it (C2, P6)', () => {
  const sampling = { rate: 0, keep: { errors: true } };
  const fail = (): void => {
    throw new Error('no answer');
  };

  it('is let go when it is detached: no end is to be awaited here', async () => {
    const recording = startRecording({ sampling });
    const run = startSession();
    run.run(() => tool('search', () => 1));
    expect(stats().sampling).toMatchObject({ held: 1 });
    run.detach();
    expect(stats().sampling).toMatchObject({ held: 0, heldBytes: 0, unsampled: 1 });
    expect(await recording.spans()).toEqual([]);
  });

  it('is recorded to its end elsewhere where it was kept before', async () => {
    startRecording({ sampling });
    const run = startSession({ name: 'approval' });
    run.run(() => expect(() => agent('planner', () => tool('search', fail))).toThrow());
    const reference = run.detach();
    await shutdown();

    const recording = startRecording({ sampling });
    resumeSession(reference).end('Fail', 'refused');
    expect((await recording.span('approval')).attributes['agentops.session.end_state']).toBe('Fail');
  });

  it('holds its parts as well, where the way through a queue ends where it began', async () => {
    const recording = startRecording({ sampling });
    const run = startSession({ name: 'run' });
    const carrier = run.propagateContext({});
    continueSession(carrier, () => tool('search', () => 1), { name: 'job' });
    run.end('Fail', 'refused');
    expect((await recording.spans()).map(({ name }) => name)).toEqual(['execute_tool search', 'job', 'run']);
  });
});

describe('the environment for a child process (C2)', () => {
  it('holds nothing of another place, in whatever format that was written', () => {
    startRecording({ context: { propagation: ['b3'] } });
    const stale = '0190a8f01c2d7e3f8a4b5c6d7e8f9a0b-5c6d7e8f9a0b0190-1';
    session('run', (run) => {
      const environment = TraceContext.current().toEnvironment({
        B3: stale,
        UBER_TRACE_ID: 'x',
        PATH: '/bin',
      });
      expect(environment).toMatchObject({ PATH: '/bin' });
      expect(TraceContext.fromEnvironment(environment).traceId).toBe(run.traceId);
      expect(trace.isSpanContextValid(run.span.spanContext())).toBe(true);
    });
  });
});
