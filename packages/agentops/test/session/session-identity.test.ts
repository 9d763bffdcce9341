import { trace } from '@opentelemetry/api';
import { currentSession, session, shutdown, startSession, tool } from 'agentops';
import { validate, version } from 'uuid';
import { afterEach, describe, expect, it } from 'vitest';
import { startRecording } from '../support/recording.ts';

afterEach(() => shutdown());

describe('the identity of a session (S1)', () => {
  it('is a UUIDv7 whose digits are the trace id of every span', async () => {
    const recording = startRecording();
    const started = startSession({ name: 'run' });
    started.run(() => tool('search', () => {}));
    started.end('Success');

    expect(validate(started.id) && version(started.id)).toBe(7);
    expect(started.traceId).toBe(started.id.replaceAll('-', ''));
    const spans = await recording.spans();
    expect(spans).toHaveLength(2);
    for (const span of spans) {
      expect(span.spanContext().traceId).toBe(started.traceId);
      expect(span.attributes['session.id']).toBe(started.id);
    }
  });

  it.each([
    ['a UUID', '0190A8F0-1c2d-7e3f-8a4b-5c6d7e8f9a0b'],
    ['32 hex digits', '0190a8f01c2d7e3f8a4b5c6d7e8f9a0b'],
  ])('can be given as %s', async (_form, id) => {
    const recording = startRecording();
    const started = startSession({ id });
    const next = startSession();
    started.end();
    next.end();

    expect(started.id).toBe('0190a8f0-1c2d-7e3f-8a4b-5c6d7e8f9a0b');
    expect(next.id).not.toBe(started.id);
    const [root] = await recording.spans();
    expect(root?.spanContext().traceId).toBe('0190a8f01c2d7e3f8a4b5c6d7e8f9a0b');
    expect(root?.parentSpanContext).toBeUndefined();
  });

  it.each(['order-4711', '00000000-0000-0000-0000-000000000000', ''])(
    'is a new one where %j is given, and that is reported',
    (id) => {
      const recording = startRecording();
      const started = startSession({ id });

      expect(version(started.id)).toBe(7);
      expect(recording.errors).toMatchObject([{ code: 'invalid_argument' }]);
      expect(recording.errors[0]?.message).toContain(JSON.stringify(id));
    },
  );

  it('is a new one where the id given belongs to a session that is open, so that neither is lost', async () => {
    const recording = startRecording();
    const first = startSession();
    const second = startSession({ id: first.id });
    expect(recording.client.stats().openSessions).toBe(2);
    second.end();
    first.end();

    expect(second.id).not.toBe(first.id);
    expect(await recording.spans()).toHaveLength(2);
    expect(recording.errors).toMatchObject([{ code: 'invalid_argument' }]);
  });

  it('is a root of its own, linked to the span it was started in', async () => {
    const recording = startRecording();
    const tracer = trace.getTracer('http-server');
    const { handler, started } = tracer.startActiveSpan('GET /answer', (handler) => {
      const started = startSession({ name: 'run' });
      started.end();
      handler.end();
      return { handler: handler.spanContext(), started };
    });

    const root = await recording.span('run');
    expect(root.parentSpanContext).toBeUndefined();
    expect(started.traceId).not.toBe(handler.traceId);
    expect(root.links.map((link) => link.context.spanId)).toEqual([handler.spanId]);
  });

  it('stays apart from the session it was started in', async () => {
    const recording = startRecording();
    const inner = session('outer', () =>
      session('inner', (inner) => {
        tool('search', () => {});
        return inner.id;
      }),
    );

    const outer = await recording.span('outer');
    expect((await recording.span('inner')).attributes['session.id']).toBe(inner);
    expect((await recording.span('execute_tool search')).attributes['session.id']).toBe(inner);
    expect(outer.attributes['session.id']).not.toBe(inner);
  });

  it('is known inside the session and gone after it', () => {
    startRecording({ session: { mode: 'multi' } });
    const seen = session('run', (started) => [started.id, currentSession()?.id]);

    expect(seen[1]).toBe(seen[0]);
    expect(currentSession()).toBeUndefined();
  });
});
