import { context, propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { agent, session, shutdown, startSession, stats, TraceContext, tool } from 'agentops';
import { afterEach, describe, expect, it } from 'vitest';
import { idOf, parentOf, startRecording } from '../support/recording.ts';

afterEach(() => shutdown());

const TRACE_ID = '0190a8f01c2d7e3f8a4b5c6d7e8f9a0b';
const SPAN_ID = '5c6d7e8f9a0b0190';
const TRACEPARENT = `00-${TRACE_ID}-${SPAN_ID}-01`;

describe('TraceContext.current (C2)', () => {
  it('is where the caller is at', async () => {
    const recording = startRecording();
    const [here, run] = session('run', (started) => [
      agent('planner', () => tool('search', () => TraceContext.current())),
      started,
    ]);
    const span = await recording.span('execute_tool search');
    const planner = await recording.span('invoke_agent planner');
    expect(here).toMatchObject({
      isValid: true,
      isSampled: true,
      traceId: run.traceId,
      spanId: idOf(span),
      sessionId: run.id,
      agentId: planner.attributes['gen_ai.agent.id'],
    });
  });

  it('is the root of the one open session outside of any', () => {
    startRecording();
    const run = startSession();
    expect(TraceContext.current().spanId).toBe(run.span.spanContext().spanId);
  });

  it('is empty where there is neither', () => {
    expect(TraceContext.current()).toMatchObject({
      isValid: false,
      traceId: undefined,
      sessionId: undefined,
    });
    startRecording();
    expect(TraceContext.current().inject({})).toEqual({});
    expect(TraceContext.current().toJSON()).toEqual({});
  });
});

describe('TraceContext.inject (C1, C2)', () => {
  it.each([
    ['a plain object', {}, (carrier: object) => Reflect.get(carrier, 'traceparent')],
    ['Headers', new Headers(), (carrier: object) => (carrier as Headers).get('traceparent')],
    ['a Map', new Map(), (carrier: object) => (carrier as Map<string, string>).get('traceparent')],
  ])('writes into %s and returns it', (_what, carrier, read) => {
    startRecording();
    const run = startSession();
    expect(TraceContext.current().inject(carrier)).toBe(carrier);
    expect(read(carrier)).toBe(`00-${run.traceId}-${run.span.spanContext().spanId}-01`);
  });

  it('writes by a setter of your own, given alone or among options', () => {
    startRecording();
    startSession();
    const setter = { set: (list: string[], key: string) => void list.push(key) };
    expect(TraceContext.current().inject([], setter)).toEqual(['traceparent']);
    expect(TraceContext.current().inject([], { setter })).toEqual(['traceparent']);
  });

  it('writes what is configured, several at once', () => {
    startRecording({ context: { propagation: ['w3c', 'b3', 'b3multi'] } });
    startSession();
    expect(Object.keys(TraceContext.current().inject({})).sort()).toEqual([
      'b3',
      'traceparent',
      'x-b3-sampled',
      'x-b3-spanid',
      'x-b3-traceid',
    ]);
  });

  it('survives a carrier that throws, and says so', () => {
    const recording = startRecording();
    startSession();
    const carrier = Object.freeze({});
    expect(TraceContext.current().inject(carrier)).toBe(carrier);
    expect(recording.errors.map(({ code }) => code)).toEqual(['internal']);
  });

  it('of a session is where the session is at, whoever calls', async () => {
    const recording = startRecording({ session: { mode: 'multi' } });
    const [one, other] = [startSession({ name: 'one' }), startSession({ name: 'other' })];
    const inOther = other.run(() => one.propagateContext(new Headers()));
    expect(inOther.get('traceparent')).toContain(one.traceId);
    const inside = one.run(() => tool('search', () => one.propagateContext({})));
    expect(Reflect.get(inside, 'traceparent')).toContain(idOf(await recording.span('execute_tool search')));
  });
});

describe('where headers go (C4)', () => {
  const headersTo = (to: string | undefined): string[] =>
    Object.keys(TraceContext.current().withBaggage({ tenant: 't-1' }).inject({}, { to })).sort();

  it('is for trace headers every host but those of models, for baggage none', () => {
    startRecording();
    startSession();
    expect(headersTo('orders.internal')).toEqual(['traceparent']);
    expect(headersTo('api.example.com:8443')).toEqual(['traceparent']);
    expect(headersTo(undefined)).toEqual(['traceparent']);
    expect(headersTo('api.openai.com')).toEqual([]);
    expect(headersTo('eu.api.openai.com:443')).toEqual([]);
    expect(headersTo('http://not a host')).toEqual([]);
  });

  it('is as configured', () => {
    startRecording({
      context: {
        hosts: ['*.internal', 'api.openai.com'],
        baggage: { hosts: ['orders.internal', '*.openai.com'] },
      },
    });
    startSession();
    expect(headersTo('orders.internal')).toEqual(['baggage', 'traceparent']);
    expect(headersTo('stock.internal')).toEqual(['traceparent']);
    expect(headersTo('api.example.com')).toEqual([]);
    expect(headersTo('api.openai.com')).toEqual([]);
  });

  it('tells an allowed host the session, the agent and entries of your own', () => {
    startRecording({ context: { baggage: { hosts: ['orders.internal'] } } });
    const run = startSession();
    const { baggage } = run.run(() =>
      agent({ name: 'planner', id: 'a-1' }, () =>
        TraceContext.current()
          .withBaggage({ tenant: 't 1' })
          .inject<{ baggage?: string }>({}, { to: 'orders.internal' }),
      ),
    );
    expect(baggage?.split(',').sort()).toEqual([
      'agentops.agent.id=a-1',
      `agentops.session.id=${run.id}`,
      'tenant=t%201',
    ]);
  });

  it('leaves out an entry over 4096 bytes, and what does not fit into 8192', () => {
    startRecording({ context: { baggage: { hosts: ['*'] } } });
    startSession();
    const entries = { huge: 'x'.repeat(4096), a: 'a'.repeat(4000), b: 'b'.repeat(4000), c: 'c'.repeat(4000) };
    const { baggage = '' } = TraceContext.current()
      .withBaggage(entries)
      .inject<{ baggage?: string }>({}, { to: 'orders.internal' });
    expect(baggage.length).toBeLessThanOrEqual(8192);
    expect(baggage).toContain('a=aaa');
    expect(baggage).toContain('b=bbb');
    expect(baggage).not.toContain('c=ccc');
    expect(baggage).not.toContain('huge');
  });
});

describe('TraceContext.extract (C1, C2)', () => {
  const B3 = `${TRACE_ID}-${SPAN_ID}-1`;
  const multi = { 'X-B3-TraceId': TRACE_ID, 'X-B3-SpanId': SPAN_ID, 'X-B3-Sampled': '1' };

  it.each([
    ['W3C', { traceparent: TRACEPARENT }],
    ['a later version of W3C', { traceparent: `01-${TRACE_ID}-${SPAN_ID}-01-more` }],
    ['B3, one header', { b3: B3 }],
    ['B3, several headers', multi],
    ['Jaeger', { 'uber-trace-id': `${TRACE_ID}:${SPAN_ID}:0:1` }],
    ['Jaeger, escaped', { 'uber-trace-id': `${TRACE_ID}%3A${SPAN_ID}%3A0%3A1` }],
    ['a header that came as a list', { traceparent: [TRACEPARENT] }],
  ])('reads %s, whatever is written', (_format, carrier) => {
    startRecording({ context: { propagation: ['w3c'] } });
    expect(TraceContext.extract(carrier)).toMatchObject({
      traceId: TRACE_ID,
      spanId: SPAN_ID,
      isSampled: true,
      sessionId: '0190a8f0-1c2d-7e3f-8a4b-5c6d7e8f9a0b',
    });
    expect(stats().propagation.ignored).toEqual({ invalid: 0, oversized: 0, untrusted: 0 });
  });

  it('fills up the short ids of Jaeger', () => {
    startRecording();
    expect(TraceContext.extract({ 'uber-trace-id': 'abc:12:0:0' })).toMatchObject({
      traceId: 'abc'.padStart(32, '0'),
      spanId: '12'.padStart(16, '0'),
      isSampled: false,
    });
  });

  it.each([
    ['traceparent', 'nonsense'],
    ['traceparent', `00-${'0'.repeat(32)}-${SPAN_ID}-01`],
    ['traceparent', `ff-${TRACE_ID}-${SPAN_ID}-01`],
    ['b3', 'nonsense'],
    ['x-b3-traceid', 'nonsense'],
    ['uber-trace-id', `${'0'.repeat(32)}:${SPAN_ID}:0:1`],
    ['uber-trace-id', `${TRACE_ID}0:${SPAN_ID}:0:1`],
  ])('ignores and counts %s: %s', (header, value) => {
    startRecording();
    expect(TraceContext.extract({ [header]: value }).isValid).toBe(false);
    expect(stats().propagation.ignored).toEqual({ invalid: 1, oversized: 0, untrusted: 0 });
  });

  it('takes what makes sense beside what does not', () => {
    startRecording();
    expect(TraceContext.extract({ traceparent: 'nonsense', b3: B3 }).traceId).toBe(TRACE_ID);
    expect(stats().propagation.ignored.invalid).toBe(1);
  });

  it('counts headers that are too long, and takes what fits', () => {
    startRecording();
    const baggage = `first=1,${'x'.repeat(9000)}=1,${'y=1,'.repeat(3000)}`;
    const tracestate = `vendor=${'x'.repeat(600)}`;
    const extracted = TraceContext.extract({ traceparent: TRACEPARENT, tracestate, baggage });
    expect(extracted.baggage).toMatchObject({ first: '1' });
    expect(extracted.toJSON()).not.toHaveProperty('tracestate');
    expect(stats().propagation.ignored).toMatchObject({ oversized: 2 });
  });

  it('makes flags that nobody has defined no part of what is sent on', () => {
    startRecording();
    const extracted = TraceContext.extract({ traceparent: `00-${TRACE_ID}-${SPAN_ID}-ff` });
    expect(extracted.inject({})).toEqual({ traceparent: `00-${TRACE_ID}-${SPAN_ID}-03` });
  });

  it('reads by a getter of your own', () => {
    startRecording();
    const getter = {
      get: (carrier: [string, string][], key: string) => carrier.find(([name]) => name === key)?.[1],
      keys: (carrier: [string, string][]) => carrier.map(([name]) => name),
    };
    expect(TraceContext.extract([['traceparent', TRACEPARENT]], getter).spanId).toBe(SPAN_ID);
  });

  it.each([undefined, null, 17, 'text', [], new Set()])('is empty for %j', (carrier) => {
    const recording = startRecording();
    expect(TraceContext.extract(carrier).isValid).toBe(false);
    expect(recording.errors).toEqual([]);
  });

  it('survives a carrier that throws, and says so', () => {
    const recording = startRecording();
    const carrier = new Proxy(
      {},
      {
        getOwnPropertyDescriptor: () => {
          throw new Error('no');
        },
        get: () => {
          throw new Error('no');
        },
      },
    );
    expect(TraceContext.extract(carrier).isValid).toBe(false);
    expect(recording.errors.map(({ code }) => code)).toEqual(['internal']);
  });
});

describe('TraceContext.run and its JSON (C2)', () => {
  it('makes what runs in it part of the session', async () => {
    const recording = startRecording({ session: { mode: 'multi' } });
    await TraceContext.extract({ traceparent: TRACEPARENT }).run(() => tool('search', async () => 1));
    expect(await recording.span('execute_tool search')).toMatchObject({
      attributes: { 'session.id': '0190a8f0-1c2d-7e3f-8a4b-5c6d7e8f9a0b' },
      parentSpanContext: { traceId: TRACE_ID },
    });
    expect(recording.errors).toEqual([]);
  });

  it('brings work back to where it was asked for', async () => {
    const recording = startRecording({ session: { mode: 'multi' } });
    const there = session('run', () => tool('ask', () => TraceContext.current()));
    there.run(() => tool('answer', () => 1));
    expect(parentOf(await recording.span('execute_tool answer'))).toBe(
      idOf(await recording.span('execute_tool ask')),
    );
  });

  it('is stored and read again, without entries of your own', () => {
    startRecording();
    const stored = session('run', () =>
      agent({ name: 'planner', id: 'a-1' }, () =>
        JSON.stringify(TraceContext.current().withBaggage({ tenant: 'acme' })),
      ),
    );
    expect(stored).not.toContain('acme');
    for (const json of [stored, JSON.parse(stored)]) {
      expect(TraceContext.fromJSON(json)).toMatchObject({ isValid: true, agentId: 'a-1' });
    }
  });

  it('is read whatever is propagated over the network', () => {
    startRecording({ context: { propagation: [] } });
    expect(TraceContext.fromJSON({ traceparent: TRACEPARENT }).traceId).toBe(TRACE_ID);
  });

  it('is empty where the JSON is broken, which is said', () => {
    const recording = startRecording();
    expect(TraceContext.fromJSON('{').isValid).toBe(false);
    expect(recording.errors.map(({ code }) => code)).toEqual(['invalid_argument']);
  });
});

describe("beside an application's own propagator", () => {
  it('a propagator of your own that throws harms nobody', () => {
    const fail = () => {
      throw new Error('broken');
    };
    const recording = startRecording({
      context: { propagator: { inject: fail, extract: fail, fields: fail } },
    });
    const run = startSession();
    expect(run.propagateContext({})).toEqual({});
    expect(TraceContext.extract({ traceparent: TRACEPARENT }).isValid).toBe(false);
    expect(() => propagation.inject(context.active(), {})).not.toThrow();
    expect(trace.getSpanContext(propagation.extract(ROOT_CONTEXT, {}))).toBe(undefined);
    expect(propagation.fields()).toEqual([]);
    expect(recording.errors.map(({ code }) => code)).toEqual(Array(5).fill('internal'));
  });
});
