import { context, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { TracerProvider } from '@opentelemetry/sdk-trace';
import {
  agent,
  agentopsSpanProcessor,
  continueSession,
  record,
  resumeSession,
  session,
  shutdown,
  startSession,
  stats,
  ToolEvent,
  TraceContext,
  tool,
} from 'agentops';
import { afterEach, describe, expect, it } from 'vitest';
import { idOf, parentOf, startRecording } from '../support/recording.ts';

afterEach(() => shutdown());

/** What another process sent: a session that this one knows nothing of. */
const TRACE_ID = '0190a8f01c2d7e3f8a4b5c6d7e8f9a0b';
const SPAN_ID = '5c6d7e8f9a0b0190';
const SESSION_ID = '0190a8f0-1c2d-7e3f-8a4b-5c6d7e8f9a0b';
const sent = (flags = '01') => ({ traceparent: `00-${TRACE_ID}-${SPAN_ID}-${flags}` });

describe('continueSession (C2)', () => {
  it('joins trace and session, below the span of the caller', async () => {
    const recording = startRecording();
    const result = await continueSession(
      sent(),
      async (run) => {
        await agent('worker', () => tool('search', () => 'found'));
        return run.id;
      },
      { name: 'process jobs', kind: SpanKind.CONSUMER, attributes: { 'messaging.system': 'queue' } },
    );

    expect(result).toBe(SESSION_ID);
    const part = await recording.span('process jobs');
    expect(part).toMatchObject({
      kind: SpanKind.CONSUMER,
      parentSpanContext: { traceId: TRACE_ID, spanId: SPAN_ID, isRemote: true },
      attributes: { 'session.id': SESSION_ID, 'messaging.system': 'queue', 'agentops.span.kind': 'workflow' },
    });
    expect(parentOf(await recording.span('invoke_agent worker'))).toBe(idOf(part));
    for (const span of await recording.spans()) {
      expect(span.spanContext().traceId).toBe(TRACE_ID);
      expect(span.attributes['session.id']).toBe(SESSION_ID);
    }
  });

  it('makes no root and says no end: that is for the process that started it', async () => {
    const recording = startRecording();
    continueSession(sent(), (run) => run.end('Success'));
    const [span, ...others] = await recording.spans();
    expect(others).toEqual([]);
    expect(span?.attributes).not.toHaveProperty(['agentops.session.end_state']);
    expect(recording.errors.map(({ code }) => code)).toEqual(['session_not_owned']);
    expect(stats().openSessions).toBe(0);
  });

  it('keeps the part open until the work has ended, and carries its error', async () => {
    const recording = startRecording();
    let fail = (_error: Error): void => {};
    const work = continueSession(sent(), () => new Promise((_resolve, reject) => (fail = reject)), {
      name: 'job',
    });
    expect(stats().openSessions).toBe(1);
    fail(new TypeError('no such job'));

    await expect(work).rejects.toThrow('no such job');
    expect(await recording.span('job')).toMatchObject({
      status: { code: SpanStatusCode.ERROR, message: 'no such job' },
      attributes: { 'error.type': 'TypeError' },
    });
    expect(stats().openSessions).toBe(0);
  });

  it('gives parts of one session that are here at the same time one session object', async () => {
    const recording = startRecording();
    const seen = await Promise.all([
      continueSession(sent(), async (run) => run),
      continueSession(sent(), async (run) => {
        await new Promise(setImmediate);
        record(new ToolEvent({ name: 'late' }));
        return run;
      }),
    ]);
    expect(seen[0]).toBe(seen[1]);
    expect((await recording.span('execute_tool late')).attributes['session.id']).toBe(SESSION_ID);
    expect(recording.errors).toEqual([]);
  });

  it('is the session itself where it was started here', async () => {
    const recording = startRecording();
    const run = startSession({ name: 'run' });
    const carrier = run.propagateContext({});
    continueSession(carrier, (known) => expect(known).toBe(run), { name: 'part' });
    expect(run.endState).toBe(undefined);
    run.end('Success');
    expect(parentOf(await recording.span('part'))).toBe(idOf(await recording.span('run')));
  });

  it('follows the decision not to record', async () => {
    const recording = startRecording();
    expect(continueSession(sent('00'), () => tool('search', () => 1))).toBe(1);
    expect(await recording.spans()).toEqual([]);
    expect(recording.errors).toEqual([]);
  });

  it.each([
    ['nothing', {}],
    ['nonsense', { traceparent: 'nonsense' }],
    ['undefined', undefined],
    ['a number', 17],
    ['broken JSON', '{'],
  ])('runs in a session of its own where the carrier holds %s', async (_what, carrier) => {
    const recording = startRecording();
    expect(continueSession(carrier, () => tool('search', () => 1), { name: 'job' })).toBe(1);
    const root = await recording.span('job');
    expect(root).toMatchObject({ attributes: { 'agentops.session.end_state': 'Success' } });
    expect(parentOf(await recording.span('execute_tool search'))).toBe(idOf(root));
  });

  it('runs the function as it is where telemetry is off', () => {
    expect(continueSession(sent(), (run) => typeof run.id)).toBe('string');
  });

  it.each([
    ['a TraceContext', () => TraceContext.extract(sent())],
    ['its JSON', () => JSON.stringify(TraceContext.extract(sent()))],
    ['a bare traceparent', () => sent().traceparent],
    ['Headers', () => new Headers(sent())],
    ['a Map', () => new Map(Object.entries(sent()))],
    ['keys in other cases', () => ({ TraceParent: sent().traceparent })],
    ['binary headers', () => ({ traceparent: Buffer.from(sent().traceparent) })],
  ])('reads %s', (_what, carrier) => {
    startRecording();
    expect(continueSession(carrier(), (run) => run.id)).toBe(SESSION_ID);
  });

  it('knows the agent of the caller by its id', async () => {
    const recording = startRecording();
    continueSession({ ...sent(), baggage: 'agentops.agent.id=a-1' }, () => tool('search', () => 1));
    expect((await recording.span('execute_tool search')).attributes['gen_ai.agent.id']).toBe('a-1');
  });
});

describe('callers that are not trusted (C2)', () => {
  it('start a session of their own, linked to theirs', async () => {
    const recording = startRecording();
    continueSession(
      { ...sent(), baggage: 'tenant=forged' },
      () => {
        expect(TraceContext.current().baggage).toEqual({});
      },
      { name: 'job', from: '203.0.113.9' },
    );

    const root = await recording.span('job');
    expect(root.spanContext().traceId).not.toBe(TRACE_ID);
    expect(root.links.map(({ context }) => context.traceId)).toEqual([TRACE_ID]);
    expect(stats().propagation.ignored).toMatchObject({ untrusted: 1 });
  });

  it.each([
    ['127.0.0.1', true],
    ['::1', true],
    ['::ffff:10.1.2.3', true],
    ['::ffff:203.0.113.9', false],
    ['10.1.2.3', true],
    ['172.16.0.1', true],
    ['172.32.0.1', false],
    ['192.168.3.4', true],
    ['169.254.1.1', true],
    ['fd12::1', true],
    ['fe80::1%eth0', true],
    ['2001:db8::1', false],
    ['198.51.100.7', true],
    ['orders.partner.example', true],
    ['partner.example', false],
    ['10.1.2.3.evil.example', false],
    ['', false],
  ])('internal: %s is trusted: %s', (from, isTrusted) => {
    startRecording({ context: { baggage: { hosts: ['198.51.100.*', '*.partner.example'] } } });
    expect(continueSession(sent(), (run) => run.id, { from }) === SESSION_ID).toBe(isTrusted);
  });

  it.each([
    ['all', '203.0.113.9', true],
    ['none', '127.0.0.1', false],
  ] as const)('%s: %s is trusted: %s', (trustIncoming, from, isTrusted) => {
    startRecording({ context: { trustIncoming } });
    expect(continueSession(sent(), (run) => run.id, { from }) === SESSION_ID).toBe(isTrusted);
  });

  it('cannot have their session recorded against the rate', async () => {
    const recording = startRecording({ sampling: { rate: 0 } });
    continueSession(sent('01'), () => tool('search', () => 1), { from: '203.0.113.9' });
    expect(await recording.spans()).toEqual([]);
  });

  it('is a trusted caller whose decision holds', async () => {
    const recording = startRecording({ sampling: { rate: 0 } });
    continueSession(sent('01'), () => 1, { from: '127.0.0.1', name: 'job' });
    expect((await recording.spans()).map(({ name }) => name)).toEqual(['job']);
  });
});

describe("in an application's own set-up (C2)", () => {
  afterEach(() => {
    trace.disable();
    context.disable();
  });

  function startBeside() {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [agentopsSpanProcessor()] }));
    return startRecording();
  }

  it('a session goes on below the span that the application has made of the request already', async () => {
    const recording = startBeside();
    const remote = trace.setSpanContext(ROOT_CONTEXT, {
      ...{ traceId: TRACE_ID, spanId: SPAN_ID, traceFlags: 1, isRemote: true },
    });
    const server = trace.getTracer('http').startSpan('GET /', {}, remote);
    context.with(trace.setSpan(remote, server), () =>
      continueSession(sent(), () => tool('search', () => 1), { name: 'job' }),
    );
    server.end();

    expect(parentOf(await recording.span('job'))).toBe(server.spanContext().spanId);
    expect((await recording.span('execute_tool search')).attributes['session.id']).toBe(SESSION_ID);
    expect(recording.errors).toEqual([]);
  });

  it('a session cannot be handed over, and stays', async () => {
    const recording = startBeside();
    const run = startSession({ name: 'run' });
    expect(run.detach()).not.toHaveProperty('detached');
    run.end('Success');
    expect((await recording.span('run')).attributes['agentops.session.end_state']).toBe('Success');
    expect(recording.errors.map(({ code }) => code)).toEqual(['session_not_owned']);
  });
});

describe('a detached session (C2)', () => {
  it('is resumed under the same ids, with one root, by whoever has the reference', async () => {
    const first = startRecording();
    const run = startSession({
      name: 'approval',
      tags: ['beta'],
      userId: 'u-17',
      metadata: { ticket: 4711 },
    });
    run.run(() => agent('planner', () => tool('search', () => 'found')));
    const stored = JSON.stringify(run.detach());
    expect((await first.spans()).map(({ name }) => name)).toEqual([
      'execute_tool search',
      'invoke_agent planner',
    ]);
    await shutdown();
    const before = await first.spans();
    expect(before).toHaveLength(0);

    const second = startRecording();
    const resumed = resumeSession(stored);
    expect(resumed).toMatchObject({ id: run.id, name: 'approval', tags: ['beta'], userId: 'u-17' });
    resumed.run(() => tool('approve', () => 'yes'));
    resumed.end('Success');

    const root = await second.span('approval');
    expect(idOf(root)).toBe(idOf({ spanContext: () => run.span.spanContext() } as typeof root));
    expect(root).toMatchObject({
      parentSpanContext: undefined,
      attributes: {
        'agentops.session.end_state': 'Success',
        'agentops.session.metadata.ticket': 4711,
        'agentops.session.tags': ['beta'],
        'agentops.session.count.tools': 2,
        'agentops.session.count.agents': 1,
      },
    });
    expect(parentOf(await second.span('execute_tool approve'))).toBe(idOf(root));
  });

  it('is left open by its first process, whatever ends there', async () => {
    const recording = startRecording();
    const { run, reference } = session('approval', (started) => ({
      run: started,
      reference: started.detach(),
    }));
    expect(run.isDetached).toBe(true);
    run.end('Success');
    expect(recording.errors.map(({ code }) => code)).toEqual(['session_not_owned']);
    expect(await recording.spans()).toEqual([]);
    expect(stats().openSessions).toBe(0);
    expect(reference.detached?.name).toBe('approval');
  });

  it('is one session, however often it is resumed in a process', async () => {
    const recording = startRecording();
    const reference = startSession({ name: 'approval' }).detach();
    const [first, second] = [resumeSession(reference), resumeSession(reference)];
    expect(second).toBe(first);
    first.end('Success');
    expect((await recording.spans()).map(({ name }) => name)).toEqual(['approval']);
  });

  it('keeps the decision about its recording', async () => {
    startRecording({ sampling: { rate: 0 } });
    const reference = startSession({ name: 'dropped' }).detach();
    await shutdown();
    const recording = startRecording({ sampling: { rate: 1 } });
    resumeSession(reference).end('Success');
    continueSession(reference, () => 1);
    expect(await recording.spans()).toEqual([]);
  });

  it.each([
    ['nonsense', 'nonsense'],
    ['a reference that was not detached', { sessionId: SESSION_ID, ...sent() }],
    ['wrong figures', { sessionId: SESSION_ID, ...sent(), detached: { name: 'x', startTime: 'now' } }],
  ])('that is %s starts a new session and says so', async (_what, reference) => {
    const recording = startRecording();
    const started = resumeSession(reference as string);
    expect(started.id).not.toBe(SESSION_ID);
    started.end('Success');
    expect(recording.errors.map(({ code }) => code)).toEqual(['invalid_argument']);
    expect(await recording.spans()).toHaveLength(1);
  });
});
