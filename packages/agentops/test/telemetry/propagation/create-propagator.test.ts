import { type Context, context, propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { type ContextOptions, shutdown, startSession } from 'agentops';
import { afterEach, describe, expect, it } from 'vitest';
import { withTargetHost } from '../../../src/telemetry/propagation/target-host.ts';
import { startRecording } from '../../support/recording.ts';

afterEach(() => shutdown());

function start(options: ContextOptions): void {
  startRecording({ context: options });
}

/** What a request made in `active` carries. */
function headersIn(active: Context): Record<string, string> {
  const headers: Record<string, string> = {};
  propagation.inject(active, headers);
  return headers;
}

const W3C = '1'.repeat(32);
const SINGLE = '2'.repeat(32);
const MULTI = '3'.repeat(32);
const INCOMING = {
  traceparent: `00-${W3C}-${'a'.repeat(16)}-01`,
  b3: `${SINGLE}-${'b'.repeat(16)}-1`,
  'x-b3-traceid': MULTI,
  'x-b3-spanid': 'c'.repeat(16),
  'x-b3-sampled': '1',
};

function traceIdIn(headers: Record<string, string>): string | undefined {
  return trace.getSpanContext(propagation.extract(ROOT_CONTEXT, headers))?.traceId;
}

describe('the formats of the trace context (C1)', () => {
  it.each<[ContextOptions['propagation'], string[]]>([
    [undefined, ['traceparent']],
    [['w3c'], ['traceparent']],
    [['b3'], ['b3']],
    [['b3multi'], ['x-b3-sampled', 'x-b3-spanid', 'x-b3-traceid']],
    [
      ['w3c', 'b3', 'b3multi'],
      ['b3', 'traceparent', 'x-b3-sampled', 'x-b3-spanid', 'x-b3-traceid'],
    ],
    [[], []],
  ])('%j are all written', (formats, expected) => {
    start({ propagation: formats });
    const run = startSession();
    const headers = run.run(() => headersIn(context.active()));

    expect(Object.keys(headers).sort()).toEqual(expected);
    for (const format of Object.values(headers).filter((value) => value.length > 16)) {
      expect(format).toContain(run.traceId);
    }
  });

  it.each<[NonNullable<ContextOptions['propagation']>, string]>([
    [['w3c', 'b3'], W3C],
    [['b3', 'w3c'], SINGLE],
    [['b3multi', 'w3c'], SINGLE],
  ])('of %j the first is read', (formats, traceId) => {
    start({ propagation: formats });
    expect(traceIdIn(INCOMING)).toBe(traceId);
  });

  it('are read from the first that is there and makes sense', () => {
    start({ propagation: ['w3c', 'b3'] });
    const { traceparent, b3, ...multi } = INCOMING;
    expect(traceIdIn({ b3 })).toBe(SINGLE);
    expect(traceIdIn({ ...multi, traceparent: 'nonsense' })).toBe(MULTI);
    expect(traceIdIn({})).toBe(undefined);
    expect(traceIdIn({ traceparent })).toBe(W3C);
  });

  it('go on with a trace of another service, its decision included', async () => {
    const recording = startRecording({ context: { propagation: ['b3'] } });
    for (const sampled of ['1', '0']) {
      const remote = propagation.extract(ROOT_CONTEXT, { b3: `${SINGLE}-${'b'.repeat(16)}-${sampled}` });
      trace.getTracer('server').startSpan(`GET ${sampled}`, {}, remote).end();
    }
    const [span, ...others] = await recording.spans();
    expect(span).toMatchObject({
      name: 'GET 1',
      parentSpanContext: { spanId: 'b'.repeat(16), isRemote: true },
    });
    expect(others).toEqual([]);
  });

  it('are replaced by a propagator of your own', () => {
    start({
      propagation: ['b3'],
      propagator: {
        inject: (_context, carrier, setter) => setter.set(carrier, 'x-own', 'yes'),
        extract: (active) => active,
        fields: () => ['x-own'],
      },
    });
    expect(startSession().run(() => headersIn(context.active()))).toEqual({ 'x-own': 'yes' });
  });
});

describe('baggage (C4)', () => {
  const baggage = propagation.createBaggage({ tenant: { value: 'a secret' } });
  const carrying = propagation.setBaggage(ROOT_CONTEXT, baggage);

  const sentTo = (host: string): string | undefined => headersIn(withTargetHost(carrying, host)).baggage;

  it.each([
    ['orders.internal', 'tenant=a%20secret'],
    ['Orders.Internal:8443', 'tenant=a%20secret'],
    ['orders.internal.', 'tenant=a%20secret'],
    ['partner.example', 'tenant=a%20secret'],
    ['[::1]:80', 'tenant=a%20secret'],
    ['other.example', undefined],
    ['orders.internal.example', undefined],
    ['internal', undefined],
    ['evil.example:80/orders.internal', undefined],
    ['evil.example#.internal', undefined],
    ['', undefined],
  ])('to %s: %s', (host, expected) => {
    start({ baggage: { hosts: ['*.internal', 'Partner.example', '::1'] } });
    expect(sentTo(host)).toBe(expected);
  });

  it('goes nowhere by default, and never where the host is not known', () => {
    start({});
    expect(sentTo('orders.internal')).toBe(undefined);
    expect(headersIn(carrying)).toEqual({});
  });

  it('goes nowhere without a known host, whatever is allowed', () => {
    start({ baggage: { hosts: ['*'] } });
    expect(headersIn(carrying)).toEqual({});
    expect(sentTo('anywhere.example')).toBe('tenant=a%20secret');
  });

  it.each([
    'api.openai.com',
    'eu.api.openai.com',
    'team.openai.azure.com',
    'api.anthropic.com',
    'bedrock-runtime.eu-central-1.amazonaws.com',
    'europe-west1-aiplatform.googleapis.com',
  ])('never goes to the model provider %s', (host) => {
    start({ baggage: { hosts: ['*', host] } });
    expect(sentTo(host)).toBe(undefined);
  });

  it('tells an allowed host which session and agent are asking, and nobody else', () => {
    start({ baggage: { hosts: ['*.internal'] } });
    const run = startSession();
    const planner = run.startAgent('planner');
    const inside = planner.run(() => propagation.setBaggage(context.active(), baggage));

    expect(headersIn(withTargetHost(inside, 'orders.internal')).baggage?.split(',').sort()).toEqual([
      `agentops.agent.id=${planner.id}`,
      `agentops.session.id=${run.id}`,
      'tenant=a%20secret',
    ]);
    expect(run.run(() => headersIn(withTargetHost(context.active(), 'orders.internal'))).baggage).toBe(
      `agentops.session.id=${run.id}`,
    );
    expect(Object.keys(headersIn(withTargetHost(inside, 'other.example')))).toEqual(['traceparent']);
    expect(Object.keys(headersIn(inside))).toEqual(['traceparent']);
  });

  it('is read from whoever sends it', () => {
    start({});
    const received = propagation.extract(ROOT_CONTEXT, { baggage: 'tenant=acme,tier=gold' });
    expect(propagation.getBaggage(received)?.getEntry('tier')).toMatchObject({ value: 'gold' });
  });
});

describe('baggage that becomes attributes (C4)', () => {
  const baggage = propagation.createBaggage({
    'app.tenant': { value: 'acme' },
    'app.tier': { value: 'gold' },
    region: { value: 'eu' },
    secret: { value: 'kept' },
    'session.id': { value: 'forged' },
  });

  it('is on every span below, for the entries that are allowed', async () => {
    const recording = startRecording({
      context: { baggage: { attributes: ['app.*', 'region', 'session.id'] } },
    });
    const tracer = trace.getTracer('foreign');
    tracer.startSpan('outside').end();
    const run = context.with(propagation.setBaggage(context.active(), baggage), () => {
      const started = startSession({ name: 'run' });
      started.run(() => tracer.startSpan('SELECT', { attributes: { region: 'own' } }).end());
      return started;
    });
    run.end();

    const allowed = { 'app.tenant': 'acme', 'app.tier': 'gold', 'session.id': run.id };
    expect((await recording.span('run')).attributes).toMatchObject({ ...allowed, region: 'eu' });
    expect((await recording.span('SELECT')).attributes).toMatchObject({ ...allowed, region: 'own' });
    for (const span of await recording.spans()) expect(span.attributes).not.toHaveProperty('secret');
    expect((await recording.span('outside')).attributes).not.toHaveProperty(['app.tenant']);
  });

  it('is nothing by default', async () => {
    const recording = startRecording();
    context.with(propagation.setBaggage(context.active(), baggage), () =>
      startSession({ name: 'run' }).end(),
    );
    expect((await recording.span('run')).attributes).not.toHaveProperty(['app.tenant']);
  });
});
