import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import {
  ActionEvent,
  type AgentOpsEvent,
  ErrorEvent,
  LLMEvent,
  record,
  session,
  shutdown,
  startSession,
  type Time,
  ToolEvent,
  tool,
} from 'agentops';
import { afterEach, describe, expect, it } from 'vitest';
import { jsonOf, startRecording } from '../support/recording.ts';

afterEach(() => shutdown());

const START = 1_795_255_200_123_456_789n;
const END = 1_795_255_201_000_000_001n;

describe('the four kinds of event (S3)', () => {
  it('makes an action a span with its logs and its data', async () => {
    const recording = startRecording();
    startSession().record(
      new ActionEvent({ actionType: 'file:write', logs: 'ok', params: { path: 'a.txt' }, returns: 3 }),
    );

    const span = await recording.span('action file:write');
    expect(span.kind).toBe(SpanKind.INTERNAL);
    expect(span.attributes).toMatchObject({ 'agentops.span.kind': 'action', 'event.type': 'actions' });
    expect(jsonOf(span, 'event.data')).toEqual({
      action_type: 'file:write',
      logs: 'ok',
      params: { path: 'a.txt' },
      returns: 3,
    });
  });

  it('makes a tool call an execute_tool span with arguments and result', async () => {
    const recording = startRecording();
    startSession().record(new ToolEvent({ name: 'search', params: { q: 'otel' }, returns: ['a', 'b'] }));

    const span = await recording.span('execute_tool search');
    expect(span.attributes).toMatchObject({
      'agentops.span.kind': 'tool',
      'event.type': 'tools',
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': 'search',
      'gen_ai.tool.call.arguments': '{"q":"otel"}',
      'gen_ai.tool.call.result': '["a","b"]',
    });
    expect(jsonOf(span, 'event.data')).toMatchObject({ name: 'search', params: { q: 'otel' } });
  });

  it('makes a model call a client span with messages, usage and provider', async () => {
    const recording = startRecording();
    startSession().record(
      new LLMEvent({
        model: 'gpt-4o',
        provider: 'openai',
        prompt: [
          { role: 'system', content: 'Be brief.' },
          { role: 'user', content: 'Why?' },
        ],
        completion: 'Because.',
        promptTokens: 1000,
        completionTokens: 100,
        threadId: 't1',
      }),
    );

    const span = await recording.span('chat gpt-4o');
    expect(span.kind).toBe(SpanKind.CLIENT);
    expect(span.attributes).toMatchObject({
      'agentops.span.kind': 'llm',
      'event.type': 'llms',
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.usage.input_tokens': 1000,
      'gen_ai.usage.output_tokens': 100,
    });
    expect(jsonOf(span, 'gen_ai.input.messages')).toEqual([
      { role: 'system', parts: [{ type: 'text', content: 'Be brief.' }] },
      { role: 'user', parts: [{ type: 'text', content: 'Why?' }] },
    ]);
    expect(jsonOf(span, 'gen_ai.output.messages')).toEqual([
      { role: 'assistant', parts: [{ type: 'text', content: 'Because.' }] },
    ]);
    expect(jsonOf(span, 'event.data')).toMatchObject({ thread_id: 't1', prompt_tokens: 1000 });
  });

  it('makes an error an ERROR span with the exception, linked to what failed', async () => {
    const recording = startRecording();
    const run = startSession();
    const failed = run.record(new ToolEvent({ name: 'search' }));
    const exception = new RangeError('too far');
    run.record(new ErrorEvent({ exception, code: 'E_FAR', details: { by: 3 }, triggerEvent: failed }));

    const span = await recording.span('error RangeError');
    expect(span.status).toEqual({ code: SpanStatusCode.ERROR, message: 'too far' });
    expect(span.links.map((link) => link.context.spanId)).toEqual([failed.spanId]);
    expect(span.attributes).toMatchObject({ 'event.type': 'errors', 'error.type': 'RangeError' });
    expect(span.events[0]).toMatchObject({
      name: 'exception',
      attributes: { 'exception.type': 'RangeError', 'exception.message': 'too far' },
    });
    expect(jsonOf(span, 'event.data')).toMatchObject({
      error_type: 'RangeError',
      exception: { name: 'RangeError', message: 'too far' },
      code: 'E_FAR',
      details: { by: 3 },
      trigger_event_id: failed.id,
    });
  });

  it('keeps the exception of an error event that a tool has thrown before', async () => {
    const recording = startRecording();
    const exception = new Error('timed out');
    session('run', () => {
      const failing = (): never => {
        throw exception;
      };
      expect(() => tool('search', failing)).toThrow(exception);
      record(new ErrorEvent({ exception }));
    });

    expect((await recording.span('error Error')).events).toHaveLength(1);
  });

  it('takes an error without an exception and a trigger that was never recorded', async () => {
    const recording = startRecording();
    startSession().record(new ErrorEvent({ errorType: 'Quota', triggerEvent: new ActionEvent() }));

    const span = await recording.span('error Quota');
    expect(span.status).toEqual({ code: SpanStatusCode.ERROR, message: 'Quota' });
    expect(span.links).toEqual([]);
  });

  it('keeps only structure, tokens and cost while content capture is off', async () => {
    const recording = startRecording({ content: { capture: false } });
    const run = startSession();
    run.record(new ToolEvent({ name: 'search', params: 'secret', returns: 'secret', logs: 'secret' }));
    run.record(new LLMEvent({ model: 'gpt-4o', prompt: 'secret', completion: 'secret', promptTokens: 7 }));
    run.record(new ActionEvent({ logs: 'secret', screenshot: 'secret' }));
    run.record(new ErrorEvent({ errorType: 'Quota', details: 'secret', logs: 'secret' }));

    const spans = await recording.spans();
    expect(spans).toHaveLength(4);
    expect(JSON.stringify(spans.map((span) => [span.attributes, span.events, span.status]))).not.toContain(
      'secret',
    );
    expect(spans[1]?.attributes['gen_ai.usage.input_tokens']).toBe(7);
  });

  it('takes data that JSON cannot hold', async () => {
    const recording = startRecording();
    const params: Record<string, unknown> = { big: 12345678901234567890n };
    params.self = params;
    startSession().record(new ActionEvent({ params }));

    expect(String((await recording.span('action action')).attributes['event.data'])).toContain(
      '12345678901234567890',
    );
  });
});

describe('times and ids of events (S4)', () => {
  it.each<[string, Time, Time]>([
    ['bigint nanoseconds', START, END],
    ['HrTime', [1_795_255_200, 123_456_789], [1_795_255_201, 1]],
  ])('keeps %s to the nanosecond', async (_form, startTime, endTime) => {
    const recording = startRecording();
    const event = startSession().record(new ActionEvent({ startTime, endTime }));

    const span = await recording.span('action action');
    expect(event).toMatchObject({ startTime: START, endTime: END });
    expect(span.startTime).toEqual([1_795_255_200, 123_456_789]);
    expect(span.endTime).toEqual([1_795_255_201, 1]);
    expect(span.attributes['event.timestamp']).toBe('2026-11-21T10:00:00.123456789Z');
    expect(span.attributes['event.end_timestamp']).toBe('2026-11-21T10:00:01.000000001Z');
  });

  it('keeps a Date to the millisecond, with nine digits', async () => {
    const recording = startRecording();
    startSession().record(
      new ActionEvent({
        startTime: new Date('2026-11-21T10:00:00.007Z'),
        endTime: new Date('2026-11-21T10:00:01Z'),
      }),
    );

    const span = await recording.span('action action');
    expect(span.attributes['event.timestamp']).toBe('2026-11-21T10:00:00.007000000Z');
    expect(span.attributes['event.end_timestamp']).toBe('2026-11-21T10:00:01.000000000Z');
  });

  it('lasts from its making to its recording, or to finish', async () => {
    const recording = startRecording();
    const run = startSession();
    const finished = new ActionEvent({ actionType: 'finished' }).finish('done');
    const end = finished.endTime;
    run.record(finished);
    const event = run.record(new ActionEvent({ actionType: 'recorded' }));

    expect(finished).toMatchObject({ endTime: end, returns: 'done' });
    expect(event.endTime).toBeTypeOf('bigint');
    expect(event.endTime ?? 0n).toBeGreaterThanOrEqual(event.startTime);
    expect((await recording.span('action finished')).ended).toBe(true);
  });

  it.each([
    ['an invalid Date', new Date('soon')],
    ['a text', 'soon'],
    ['milliseconds', 1_795_255_200_123],
  ])('refuses %s as a time where the event is made, with what to give instead', (_form, startTime) => {
    expect(() => new ActionEvent({ startTime: startTime as Time })).toThrow(
      /not a time: .*; give a valid Date, nanoseconds since the epoch as a bigint/,
    );
  });

  it('is recorded once: a second time is refused', async () => {
    const recording = startRecording();
    const event = record(new ActionEvent());
    record(event);

    expect(await recording.spans()).toHaveLength(1);
    expect(recording.errors).toMatchObject([{ code: 'invalid_argument' }]);
  });

  it('carries back the ids of its span, and its own id on the span', async () => {
    const recording = startRecording();
    const run = startSession();
    const event = run.record(new ActionEvent({ id: 'e1' }));

    const span = await recording.span('action action');
    expect(event.traceId).toBe(run.traceId);
    expect(event.spanId).toBe(span.spanContext().spanId);
    expect(span.attributes['event.id']).toBe('e1');
  });

  it.each([[{ type: 'actions' }], [null], [undefined], ['click']])(
    'refuses %j, which is no event, without throwing',
    async (value) => {
      const recording = startRecording();
      const run = startSession();
      expect(run.record(value as unknown as AgentOpsEvent)).toBe(value);

      expect(recording.errors).toMatchObject([{ code: 'invalid_argument' }]);
      expect(recording.errors[0]?.message).toContain('ActionEvent, LLMEvent, ToolEvent or ErrorEvent');
      expect(await recording.spans()).toEqual([]);
    },
  );
});

describe('the cost of a model call (S3)', () => {
  const costOf = async (options: ConstructorParameters<typeof LLMEvent>[0]): Promise<unknown> => {
    const recording = startRecording();
    startSession().record(new LLMEvent(options));
    return (await recording.spans())[0]?.attributes['agentops.cost.total'];
  };
  const usage = { promptTokens: 1_000_000, completionTokens: 1_000_000 };

  it('comes from the price list', async () => {
    expect(await costOf({ model: 'gpt-4o', provider: 'openai', ...usage })).toBeCloseTo(12.5);
  });

  it('follows the tiers of a price, call by call', async () => {
    const tiered = { model: 'gemini-2.5-pro', provider: 'google', completionTokens: 0 };
    const short = Number(await costOf({ ...tiered, promptTokens: 100_000 }));
    await shutdown();
    const long = Number(await costOf({ ...tiered, promptTokens: 400_000 }));

    expect(short).toBeGreaterThan(0);
    expect(long / short).toBeGreaterThan(5);
  });

  it('is what the event says where it says so', async () => {
    expect(await costOf({ model: 'gpt-4o', cost: 0.25, ...usage })).toBe(0.25);
  });

  it.each([
    ['an unknown model', { model: 'my-own-model', ...usage }],
    ['an unknown provider', { model: 'my-own-model', provider: 'my-gateway', ...usage }],
    ['a missing count', { model: 'gpt-4o', promptTokens: 10 }],
    ['no model', usage],
  ])('is left out for %s', async (_case, options) => {
    expect(await costOf(options)).toBeUndefined();
  });
});
