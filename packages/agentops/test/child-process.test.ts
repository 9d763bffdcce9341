import { agent, session, shutdown, TraceContext } from 'agentops';
import { afterEach, describe, expect } from 'vitest';
import type { OtlpEndpoint } from './support/otlp-endpoint.ts';
import { runProgram } from './support/program.ts';
import { startRecording } from './support/recording.ts';
import { it } from './support/sending.ts';

afterEach(() => shutdown());

/** Runs a child out of an agent of a session; where that was, and what the child has sent. */
async function runChild(endpoint: OtlpEndpoint, way: string, env: Readonly<Record<string, string>> = {}) {
  startRecording();
  const place = await session('run', () =>
    agent({ name: 'keeper', id: 'a-1' }, async () => {
      const here = TraceContext.current();
      const given = { ...here.toEnvironment({ TRACEPARENT: 'of CI', TRACESTATE: 'of=ci' }), ...env };
      expect(given).not.toHaveProperty('TRACESTATE');
      const exit = await runProgram('child.ts', [way, endpoint.url], {
        env: given as Record<string, string>,
      });
      expect(exit).toMatchObject({ code: 0, stderr: '' });
      return here;
    }),
  );
  const spans = endpoint.received.flatMap((request) => request.spans);
  const named = (name: string) => spans.find((span) => span.operation_name === name);
  return { place, spans, named };
}

describe('a child process (C2)', () => {
  it.for<[string, string, Record<string, string>]>([
    ['by an option', 'as a part', {}],
    ['by a variable', 'by itself', { AGENTOPS_SESSION_CONTINUE_FROM_ENVIRONMENT: 'true' }],
  ])('is a part of its parent’s session, %s', async ([_how, way, env], { endpoint }) => {
    const { place, spans, named } = await runChild(endpoint, way, env);

    const part = named('child');
    expect(part).toMatchObject({
      ...{ parent_span_id: place.spanId, session_id: place.sessionId },
      ...{ service_name: 'child', agent_id: 'a-1' },
    });
    expect(spans.map((span) => [span.operation_name, span.trace_id, span.parent_span_id])).toEqual([
      ['execute_tool search', place.traceId, part?.span_id],
      ['execute_tool read', place.traceId, part?.span_id],
      ['child', place.traceId, place.spanId],
    ]);
  });

  it('goes on with it where it says so', async ({ endpoint }) => {
    const { place, named } = await runChild(endpoint, 'explicitly');

    expect(named('job')).toMatchObject({ trace_id: place.traceId, parent_span_id: place.spanId });
    expect(named('execute_tool search')).toMatchObject({
      parent_span_id: named('job')?.span_id,
      agent_id: 'a-1',
    });
  });

  it('joins nobody by itself', async ({ endpoint }) => {
    const { place, named } = await runChild(endpoint, 'by itself');

    expect(named('session')).toMatchObject({ parent_span_id: null });
    expect(named('session')?.trace_id).not.toBe(place.traceId);
  });

  it('starts a session where the environment names none', async ({ endpoint }) => {
    const { named } = await runChild(endpoint, 'as a part', { TRACEPARENT: 'nonsense' });

    expect(named('session')).toMatchObject({ parent_span_id: null });
  });
});

describe('the environment as a carrier (C2)', () => {
  it('is a copy, that of the process where none is given', () => {
    startRecording();
    const before = process.env.TRACEPARENT;
    const copy = session('run', () => TraceContext.current().toEnvironment());
    expect(copy).toMatchObject({ PATH: process.env.PATH, TRACEPARENT: expect.stringMatching(/^00-/) });
    expect(process.env.TRACEPARENT).toBe(before);
  });

  it('is left as it is outside of any session', () => {
    startRecording({ session: { mode: 'multi' } });
    expect(TraceContext.current().toEnvironment({ TRACEPARENT: 'x' })).toEqual({ TRACEPARENT: 'x' });
  });

  it('is read in other formats', () => {
    startRecording();
    const traceId = '0190a8f01c2d7e3f8a4b5c6d7e8f9a0b';
    const multi = { X_B3_TRACEID: traceId, X_B3_SPANID: '5c6d7e8f9a0b0190', X_B3_SAMPLED: '1' };
    expect(TraceContext.fromEnvironment(multi)).toMatchObject({ traceId, isSampled: true });
    expect(TraceContext.fromEnvironment({}).isValid).toBe(false);
  });

  it('carries no baggage but the agent', () => {
    startRecording();
    const given = session('run', () =>
      agent({ name: 'keeper', id: 'a-1' }, () =>
        TraceContext.current().withBaggage({ tenant: 'acme' }).toEnvironment({ BAGGAGE: 'of=ci' }),
      ),
    );
    expect(given.BAGGAGE).toBe('agentops.agent.id=a-1');
  });
});
