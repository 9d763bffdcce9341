import { setTimeout as delay } from 'node:timers/promises';
import { trace } from '@opentelemetry/api';
import { ActionEvent, agent, currentSession, record, session, shutdown, startSession, tool } from 'agentops';
import { afterEach, describe, expect, it } from 'vitest';
import { startRecording } from '../support/recording.ts';

afterEach(() => shutdown());

describe('one session at a time (S7)', () => {
  it('starts a session with the first event and keeps using it', async () => {
    const recording = startRecording();
    expect(recording.client.stats().openSessions).toBe(0);
    tool('search', () => {});
    record(new ActionEvent({ actionType: 'click' }));

    expect(recording.client.stats().openSessions).toBe(1);
    const [search, click] = await recording.spans();
    expect(click?.spanContext().traceId).toBe(search?.spanContext().traceId);
    expect(currentSession()?.traceId).toBe(search?.spanContext().traceId);
  });

  it('uses the open session from outside its context', async () => {
    const recording = startRecording();
    const run = startSession();
    tool('search', () => {});

    expect((await recording.span('execute_tool search')).spanContext().traceId).toBe(run.traceId);
  });

  it('refuses a call that needs a session where autoStart is off, and still runs the function', async () => {
    const recording = startRecording({ session: { autoStart: false } });

    expect(tool('search', () => 'found')).toBe('found');
    expect(await recording.spans()).toEqual([]);
    expect(recording.errors).toMatchObject([{ code: 'no_session' }]);
    expect(recording.errors[0]?.message).toMatch(
      /^tool: no session is open; start one with startSession\(\)/,
    );
    expect(recording.client.stats().errors).toEqual({ no_session: 1 });
  });

  it('means the session that was asked for, once there is one beside the one that came by itself', async () => {
    const recording = startRecording();
    tool('early', () => {});
    const run = startSession();
    tool('search', () => {});

    expect((await recording.span('execute_tool search')).spanContext().traceId).toBe(run.traceId);
    expect(recording.errors).toEqual([]);
  });

  it('refuses a call that could mean two sessions, and still runs the function', async () => {
    const recording = startRecording();
    startSession();
    startSession();

    expect(await agent('planner', async () => 42)).toBe(42);
    expect(recording.errors).toMatchObject([{ code: 'ambiguous_session' }]);
    expect(recording.errors[0]?.message).toMatch(
      /^agent: 2 sessions are open and the call is in none of them/,
    );
    expect(await recording.spans()).toEqual([]);
  });
});

describe('many sessions at a time (S7)', () => {
  it('tells interleaved sessions apart by their context', async () => {
    const recording = startRecording({ session: { mode: 'multi' } });
    const names = ['a', 'b', 'c'];
    const ids = await Promise.all(
      names.map((name) =>
        session(name, async (run) => {
          for (let step = 0; step < 3; step += 1) {
            await delay(1);
            tool(`${name}${step}`, () => {});
          }
          return run.traceId;
        }),
      ),
    );

    expect(new Set(ids).size).toBe(3);
    for (const span of await recording.spans()) {
      const owner = names.findIndex((name) => span.name.replace('execute_tool ', '').startsWith(name));
      expect(span.spanContext().traceId).toBe(ids[owner]);
    }
    expect(recording.errors).toEqual([]);
  });

  it.each([
    ['tool', () => tool('search', () => 'result')],
    ['agent', () => agent('planner', () => 'result')],
  ])('refuses %s outside every session, counts it and runs the function', async (caller, call) => {
    const recording = startRecording({ session: { mode: 'multi' } });
    expect(call()).toBe('result');
    startSession();
    expect(call()).toBe('result');

    expect(recording.errors.map((error) => error.code)).toEqual(['no_session', 'ambiguous_session']);
    expect(recording.errors[0]?.message).toContain(`${caller}: no session is open`);
    expect(recording.errors[1]?.message).toContain('inside session.run()');
    expect(recording.client.stats().errors).toEqual({ no_session: 1, ambiguous_session: 1 });
    expect(await recording.spans()).toEqual([]);
  });

  it('leaves the context of a refused function as it was', async () => {
    const recording = startRecording({ session: { mode: 'multi' } });
    trace.getTracer('http').startActiveSpan('GET /', (handler) => {
      agent('planner', () => tool('search', () => trace.getTracer('db').startSpan('query').end()));
      handler.end();
    });

    const query = await recording.span('query');
    expect(query.attributes).not.toHaveProperty('session.id');
    expect(query.parentSpanContext?.spanId).toBe((await recording.span('GET /')).spanContext().spanId);
    expect(recording.client.stats().errors).toEqual({ no_session: 2 });
  });

  it('passes on what a refused function throws', () => {
    startRecording({ session: { mode: 'multi' } });
    const error = new Error('mine');

    expect(() =>
      tool('search', () => {
        throw error;
      }),
    ).toThrow(error);
  });
});

describe('without init (S7)', () => {
  it('runs everything and records nothing', async () => {
    const event = new ActionEvent();
    const result = await session('run', async (run) => {
      run.record(event);
      run.addTags('early');
      return agent('planner', () => tool('search', () => 'found'));
    });
    const run = startSession();
    run.end('Success');

    expect(result).toBe('found');
    expect(run.endState).toBe('Success');
    expect(record(event)).toBe(event);
  });

  it('does the same when disabled', async () => {
    const recording = startRecording({ disabled: true });
    expect(await session('run', async () => tool('search', () => 'found'))).toBe('found');

    expect(await recording.spans()).toEqual([]);
  });
});

describe('a program that forgets to end things (T13)', () => {
  it('has its oldest session ended where fifty thousand are open, and is told', async () => {
    const recording = startRecording({ session: { mode: 'multi' } });
    const first = startSession({ name: 'first' });
    for (let open = 1; open < 50_000; open += 1) startSession();
    expect(first.endState).toBe(undefined);
    startSession();

    expect(recording.client.stats().openSessions).toBe(50_000);
    expect(recording.errors.map(({ code }) => code)).toEqual(['too_many_sessions']);
    expect((await recording.span('first')).attributes).toMatchObject({
      'agentops.session.end_state': 'Indeterminate',
      'agentops.session.end_state_reason': 'too_many_open',
    });
  });

  it('goes on being shown while spans that nobody ends come in masses', () => {
    const recording = startRecording();
    const run = startSession({ name: 'run' });
    const tracer = trace.getTracer('leaky');
    run.run(() => {
      for (let started = 0; started < 100_100; started += 1) tracer.startSpan(`leak ${started}`);
    });
    const active = recording.client.telemetry.activeSpans();
    expect(active).toHaveLength(100_001);
    expect(active[0]?.name).toBe('run');
    expect(active[1]?.name).toBe('leak 100');
  });
});
