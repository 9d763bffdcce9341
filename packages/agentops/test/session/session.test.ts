import { setTimeout as delay } from 'node:timers/promises';
import { SpanStatusCode, trace } from '@opentelemetry/api';
import {
  ActionEvent,
  action,
  agent,
  type EndState,
  guardrail,
  LLMEvent,
  type Session,
  session,
  shutdown,
  startSession,
  type Time,
  task,
  tool,
  workflow,
} from 'agentops';
import { afterEach, describe, expect, it } from 'vitest';
import { jsonOf, startRecording } from '../support/recording.ts';

afterEach(() => shutdown());

describe('the end of a session (S8)', () => {
  it.each<[EndState, SpanStatusCode, string | undefined]>([
    ['Success', SpanStatusCode.OK, undefined],
    ['Fail', SpanStatusCode.ERROR, 'no answer'],
    ['Indeterminate', SpanStatusCode.UNSET, undefined],
  ])('%s sets the status of the root', async (state, code, message) => {
    const recording = startRecording();
    const run = startSession({ name: 'run' });
    run.end(state, 'no answer');

    const root = await recording.span('run');
    expect(root.status.code).toBe(code);
    expect(root.status.message).toBe(message);
    expect(root.attributes).toMatchObject({
      'agentops.session.end_state': state,
      'agentops.session.end_state_reason': 'no answer',
    });
    expect(run).toMatchObject({ endState: state, endStateReason: 'no answer' });
  });

  it('comes by itself around a function: Success, or Fail with the error', async () => {
    const recording = startRecording();
    const error = new Error('no answer');
    await session('good', () => delay(1));
    const failing = session('bad', () => Promise.reject(error));

    await expect(failing).rejects.toBe(error);
    expect((await recording.span('good')).attributes['agentops.session.end_state']).toBe('Success');
    expect((await recording.span('bad')).status).toEqual({
      code: SpanStatusCode.ERROR,
      message: 'no answer',
    });
  });

  it('leaves what the function itself decided', async () => {
    const recording = startRecording();
    session('run', (run) => run.end('Fail', 'gave up'));

    expect((await recording.span('run')).attributes['agentops.session.end_state']).toBe('Fail');
    expect(recording.errors).toEqual([]);
  });

  it('is told whatever number of attributes the session has', async () => {
    const recording = startRecording();
    const run = startSession({ name: 'run' });
    run.setMetadata(Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`key${index}`, index])));
    run.end('Success');
    expect((await recording.span('run')).attributes).toMatchObject({
      'agentops.session.end_state': 'Success',
      'agentops.session.count.spans': 1,
    });
  });

  it('takes the message of an error as its reason', () => {
    startRecording();
    const run = startSession();
    run.end('Fail', new Error('no budget left'));

    expect(run.telemetry).toMatchObject({ end_state: 'Fail', end_state_reason: 'no budget left' });
  });

  it('happens once: a second time changes nothing and is reported', async () => {
    const recording = startRecording();
    const run = startSession();
    run.end('Success', 'done');
    run.end('Fail', 'too late');

    expect(recording.errors).toMatchObject([{ code: 'session_ended' }]);
    expect(recording.errors[0]?.message).toContain(`${run.id} has already ended (Success)`);
    expect(run).toMatchObject({ endState: 'Success', endStateReason: 'done' });
    expect((await recording.spans())[0]?.status.code).toBe(SpanStatusCode.OK);
  });

  it('is Indeterminate for a state that is none, and that is reported', () => {
    const recording = startRecording();
    const run = startSession();
    run.end('Finished' as EndState);

    expect(run.endState).toBe('Indeterminate');
    expect(recording.errors).toMatchObject([{ code: 'invalid_argument' }]);
  });

  it('is Indeterminate where `using` leaves a session nobody ended', () => {
    const recording = startRecording();
    const use = (leave: (run: Session) => void): Session => {
      using run = startSession();
      leave(run);
      return run;
    };

    expect(use(() => {}).endState).toBe('Indeterminate');
    expect(use((run) => run.end('Success')).endState).toBe('Success');
    expect(recording.errors).toEqual([]);
  });

  it('comes at the given times, and at once where a time is none', async () => {
    const recording = startRecording();
    const at = new Date('2026-11-21T10:00:00Z');
    const run = startSession({ name: 'dated', startTime: at });
    run.end('Success', undefined, new Date(at.getTime() + 1500));
    const sloppy = startSession({ startTime: 'soon' as unknown as Time });
    sloppy.end('Success', undefined, 7 as unknown as Time);

    expect(run.telemetry).toMatchObject({
      started_at: '2026-11-21T10:00:00.000000000Z',
      ended_at: '2026-11-21T10:00:01.500000000Z',
      duration_ms: 1500,
    });
    expect(sloppy.endState).toBe('Success');
    expect(recording.errors.map(({ code }) => code)).toEqual(['invalid_argument', 'invalid_argument']);
    expect(await recording.spans()).toHaveLength(2);
  });

  it('lets late events join the trace and stays what it was', async () => {
    const recording = startRecording();
    const run = startSession({ name: 'run' });
    run.end('Success');
    const late = run.record(new ActionEvent({ actionType: 'late' }));
    run.run(() => tool('later', () => {}));

    expect(late.traceId).toBe(run.traceId);
    for (const name of ['action late', 'execute_tool later']) {
      expect((await recording.span(name)).attributes['session.id']).toBe(run.id);
    }
    expect(run.endState).toBe('Success');
    expect(run.telemetry.counts.actions).toBe(1);
    expect(recording.errors).toEqual([]);
  });

  it('leaves nothing open', () => {
    const { client } = startRecording();
    const runs = [startSession(), startSession()];
    expect(client.stats().openSessions).toBe(2);
    for (const run of runs) run.end();

    expect(client.stats().openSessions).toBe(0);
  });
});

describe('what a session carries (S8)', () => {
  it('has tags, metadata, user and conversation on its root', async () => {
    const recording = startRecording();
    const run = startSession({
      name: 'run',
      tags: ['nightly'],
      metadata: { build: 12, flags: ['a', 'b'], nested: { deep: true } },
      userId: 'u1',
      conversationId: 'c1',
    });
    run.addTags('nightly', 'eu');
    run.setMetadata({ build: 13 });
    run.end();

    expect((await recording.span('run')).attributes).toMatchObject({
      'agentops.session.name': 'run',
      'agentops.session.tags': ['nightly', 'eu'],
      'agentops.session.metadata.build': 13,
      'agentops.session.metadata.flags': ['a', 'b'],
      'agentops.session.metadata.nested': '{"deep":true}',
      'user.id': 'u1',
      'gen_ai.conversation.id': 'c1',
    });
  });

  it('puts user and conversation on every span from then on, and no conversation of its own making', async () => {
    const recording = startRecording();
    const run = startSession();
    run.run(() => tool('before', () => {}));
    run.setUser('u1');
    run.setConversation('c1');
    run.run(() => tool('after', () => {}));

    const before = await recording.span('execute_tool before');
    expect(before.attributes).not.toHaveProperty(['user.id']);
    expect(before.attributes).not.toHaveProperty(['gen_ai.conversation.id']);
    expect((await recording.span('execute_tool after')).attributes).toMatchObject({
      'user.id': 'u1',
      'gen_ai.conversation.id': 'c1',
    });
  });

  it('adds up spans, events, failures, tokens and cost, in its telemetry and on its root', async () => {
    const recording = startRecording();
    const failing = (): never => {
      throw new Error('down');
    };
    const run = startSession({ name: 'run', tags: ['t'] });
    run.run(() => {
      agent('planner', () => {
        tool('search', () => {});
        run.record(
          new LLMEvent({ model: 'gpt-4o', provider: 'openai', promptTokens: 1000, completionTokens: 100 }),
        );
        run.record(new LLMEvent({ model: 'my-own-model', promptTokens: 10, completionTokens: 1 }));
      });
      expect(() => agent('writer', () => tool('write', failing))).toThrow('down');
    });
    run.record(new ActionEvent());
    run.end('Fail', 'down');

    expect(run.telemetry).toMatchObject({
      session_id: run.id,
      trace_id: run.traceId,
      name: 'run',
      end_state: 'Fail',
      end_state_reason: 'down',
      counts: { spans: 8, agents: 2, llms: 2, tools: 2, actions: 1 },
      tokens: { input: 1010, output: 101, total: 1111 },
      tags: ['t'],
      user_id: null,
    });
    expect(run.telemetry.cost).toBeCloseTo(0.0035);
    const { attributes } = await recording.span('run');
    expect(attributes).toMatchObject({
      'agentops.session.count.tools': 2,
      'agentops.session.tokens.total': 1111,
    });
    expect(attributes['agentops.session.cost']).toBeCloseTo(0.0035);
  });

  it('counts a failure where it happened, not at every span it passed', () => {
    startRecording();
    const failing = (): never => {
      throw new Error('down');
    };
    const run = startSession();
    run.run(() => expect(() => agent('writer', () => tool('write', failing))).toThrow('down'));
    run.end('Success');

    expect(run.telemetry.counts.errors).toBe(1);
  });

  it('counts a call once where a span above repeats its usage', async () => {
    const recording = startRecording();
    const usage = { 'gen_ai.operation.name': 'chat', 'gen_ai.usage.input_tokens': 10 };
    const run = session('run', (running) => {
      const tracer = trace.getTracer('framework');
      tracer.startActiveSpan('generate', { attributes: usage }, (outer) => {
        task('step', () => tracer.startSpan('chat', { attributes: usage }).end());
        outer.end();
      });
      return running;
    });

    await recording.spans();
    expect(run.telemetry).toMatchObject({ counts: { llms: 1, actions: 1 }, tokens: { input: 10 } });
  });

  it('has no cost where no call had a known one, and no end while it runs', () => {
    startRecording();
    const run = startSession();
    run.record(new LLMEvent({ model: 'my-own-model', promptTokens: 1, completionTokens: 1 }));

    expect(run.telemetry).toMatchObject({ cost: null, end_state: null, ended_at: null });
  });

  it('hands out copies', () => {
    startRecording();
    const run = startSession();
    const before = run.telemetry;
    run.record(new ActionEvent());
    run.addTags('later');

    expect(before.counts.actions).toBe(0);
    expect(before.tags).toEqual([]);
  });

  it('records an exception once on its way up, and again in another session', async () => {
    const recording = startRecording();
    const error = new Error('down');
    const failing = (): never => {
      throw error;
    };
    for (const name of ['first', 'second']) {
      expect(() => session(name, () => agent('writer', () => tool(name, failing)))).toThrow(error);
    }

    const withException = (await recording.spans()).filter((span) => span.events.length > 0);
    expect(withException.map((span) => span.name)).toEqual(['execute_tool first', 'execute_tool second']);
  });
});

describe('workflow, task and tool (S10)', () => {
  it('nests in the order of the calls', async () => {
    const recording = startRecording();
    await session('run', () =>
      workflow('answer', async () => {
        await task('gather', () => tool('search', async () => 'found'));
        guardrail('check', () => true);
        action({ name: 'send', attributes: { 'my.channel': 'mail' }, input: { to: 'me' } }, () => 1);
      }),
    );

    const spans = new Map((await recording.spans()).map((span) => [span.name, span]));
    const path = (name: string): string[] => {
      const parent = [...spans.values()].find(
        (span) => span.spanContext().spanId === spans.get(name)?.parentSpanContext?.spanId,
      );
      return parent === undefined ? [name] : [...path(parent.name), name];
    };
    expect(path('execute_tool search')).toEqual([
      'run',
      'invoke_workflow answer',
      'task gather',
      'execute_tool search',
    ]);
    expect(path('guardrail check')).toEqual(['run', 'invoke_workflow answer', 'guardrail check']);
    expect(spans.get('invoke_workflow answer')?.attributes['gen_ai.workflow.name']).toBe('answer');
    const send = await recording.span('action send');
    expect(send.attributes['my.channel']).toBe('mail');
    expect(jsonOf(send, 'event.data')).toEqual({ name: 'send', params: { to: 'me' }, returns: 1 });
  });
});
