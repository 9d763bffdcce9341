import {
  type ClientOptions,
  InterceptingCall,
  type Interceptor,
  Metadata,
  ServerInterceptingCall,
  type ServerInterceptor,
} from '@grpc/grpc-js';
import { context, SpanKind, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { TracerProvider } from '@opentelemetry/sdk-trace';
import {
  agent,
  agentopsSpanProcessor,
  currentSession,
  session,
  shutdown,
  startSession,
  stats,
  TraceContext,
  tool,
} from 'agentops';
import { type ClientInterceptorOptions, clientInterceptor, serverInterceptor } from 'agentops/grpc';
import { afterEach, describe, expect, it } from 'vitest';
import { channelTarget } from '../../../src/instrumentation/grpc/channel-target.ts';
import { GrpcService } from '../../support/grpc-service.ts';
import { idOf, parentOf, startRecording } from '../../support/recording.ts';

const TRACE_ID = '0190a8f01c2d7e3f8a4b5c6d7e8f9a0b';
const SESSION_ID = '0190a8f0-1c2d-7e3f-8a4b-5c6d7e8f9a0b';

const started: (() => void)[] = [];
afterEach(async () => {
  for (const stop of started.splice(0)) stop();
  await shutdown();
});

/** Metadata that another process sent. */
function sent(): Metadata {
  const metadata = new Metadata();
  metadata.set('traceparent', `00-${TRACE_ID}-5c6d7e8f9a0b0190-01`);
  return metadata;
}

describe('a gRPC server (C2)', () => {
  async function answer(metadata: Metadata, options = {}, host?: string): Promise<(string | undefined)[]> {
    const seen: (string | undefined)[] = [];
    const service = await GrpcService.start(
      () => {
        seen.push(currentSession()?.id);
        tool('look', () => 'seen');
      },
      { interceptors: [serverInterceptor(options)] },
      host === undefined ? undefined : `${host}:0`,
    );
    const client = service.client({}, host);
    started.push(
      () => client.close(),
      () => service.stop(),
    );
    for (const kind of ['unary', 'clientStream', 'serverStream', 'bidi'] as const) {
      await client.call(kind, { metadata });
    }
    return seen;
  }
  const multi = { session: { mode: 'multi' } } as const;

  it.each(['127.0.0.1', '[::1]'])('goes on with the session of a caller at %s', async (host) => {
    const recording = startRecording();
    const seen = await answer(sent(), {}, host);
    expect(new Set(seen)).toEqual(new Set([SESSION_ID]));
    const part = await recording.span('test.Echo/bidi');
    expect(part).toMatchObject({
      parentSpanContext: { traceId: TRACE_ID, spanId: '5c6d7e8f9a0b0190' },
      attributes: { 'agentops.span.kind': 'workflow', 'session.id': SESSION_ID, 'rpc.method': 'bidi' },
    });
    expect(stats().openSessions).toBe(0);
  });

  it('knows the caller’s agent', async () => {
    const recording = startRecording();
    const metadata = sent();
    metadata.set('baggage', 'agentops.agent.id=a-1');
    await answer(metadata);
    const looks = (await recording.spans()).filter(({ name }) => name === 'execute_tool look');
    expect(looks.map(({ attributes }) => attributes['gen_ai.agent.id'])).toEqual(Array(4).fill('a-1'));
  });

  it('answers who sends no trace context as it is', async () => {
    const recording = startRecording(multi);
    expect(await answer(new Metadata())).toEqual(Array(4).fill(undefined));
    expect(await recording.spans()).toEqual([]);
  });

  it('answers nobody in the session that it was started in, or that happens to be open', async () => {
    startRecording();
    const seen = await session('set-up', () => answer(new Metadata()));
    expect(seen).toEqual(Array(4).fill(undefined));
  });

  it('answers who is not trusted as it is', async () => {
    const recording = startRecording({ ...multi, context: { trustIncoming: 'none' } });
    expect(await answer(sent())).toEqual(Array(4).fill(undefined));
    expect(await recording.spans()).toEqual([]);
    expect(stats().propagation.ignored.untrusted).toBe(4);
  });

  it.each([
    ['sends no trace context', new Metadata(), 'internal'],
    ['is not trusted', sent(), 'none'],
  ] as const)(
    'answers who %s in nobody’s session, whatever is open',
    async (_who, metadata, trustIncoming) => {
      const recording = startRecording({ context: { trustIncoming } });
      const seen = await session('that opens the connection', () => answer(metadata));
      startSession({ name: 'that happens to be open' });
      seen.push(...(await answer(metadata)));
      expect(seen).toEqual(Array(8).fill(undefined));
      const names = (await recording.spans()).map(({ name }) => name);
      expect(names).toEqual(['that opens the connection']);
    },
  );

  it('starts a session for either, where that is wanted', async () => {
    const recording = startRecording({ ...multi, context: { trustIncoming: 'none' } });
    const seen = await answer(sent(), { startSessions: true });
    expect(new Set(seen).size).toBe(4);
    expect(seen).not.toContain(SESSION_ID);
    const roots = (await recording.spans()).filter((span) => parentOf(span) === undefined);
    expect(roots.map(({ links }) => links.map(({ context }) => context.traceId))).toEqual(
      Array(4).fill([TRACE_ID]),
    );
    expect(roots.map(({ attributes }) => attributes['agentops.session.end_state'])).toEqual(
      Array(4).fill('Success'),
    );
  });
});

describe('baggage in gRPC metadata (C4)', () => {
  async function baggageSent(
    hosts: string[],
    options?: ClientInterceptorOptions,
    client: ClientOptions = {},
  ): Promise<(string | undefined)[]> {
    startRecording({ context: { baggage: { hosts } } });
    const seen: (string | undefined)[] = [];
    const service = await GrpcService.start((metadata) => {
      seen.push(metadata.get('traceparent')[0]?.toString(), metadata.get('baggage')[0]?.toString());
    });
    const caller = service.client({ ...client, interceptors: [clientInterceptor(options)] }, 'localhost');
    started.push(
      () => caller.close(),
      () => service.stop(),
    );
    await session({ name: 'run', id: SESSION_ID }, () =>
      TraceContext.current()
        .withBaggage({ tenant: 'acme' })
        .run(() => caller.call('unary')),
    );
    return seen;
  }
  const traceparent = expect.stringMatching(/^00-0190a8f01c2d7e3f8a4b5c6d7e8f9a0b-/);

  it('goes to hosts that are allowed it', async () => {
    expect(await baggageSent(['localhost'])).toEqual([
      traceparent,
      `tenant=acme,agentops.session.id=${SESSION_ID}`,
    ]);
  });

  it('goes to no other', async () => {
    expect(await baggageSent(['*.internal'])).toEqual([traceparent, undefined]);
  });

  it('follows who answers, where that is said', async () => {
    const [, baggage] = await baggageSent(['*.internal'], { to: 'orders.internal:443' });
    expect(baggage).toContain('tenant=acme');
  });

  it('never goes to a model provider, nor does anything else', async () => {
    const to = 'us-central1-aiplatform.googleapis.com:443';
    expect(await baggageSent(['*'], { to })).toEqual([undefined, undefined]);
  });
});

describe('a gRPC client (C2)', () => {
  it('leaves a call alone that somebody follows already', async () => {
    const recording = startRecording();
    const seen: unknown[] = [];
    const service = await GrpcService.start((metadata) => seen.push(...metadata.get('traceparent')));
    const client = service.client({ interceptors: [clientInterceptor()] });
    started.push(
      () => client.close(),
      () => service.stop(),
    );
    await session('run', () => client.call('unary', { metadata: sent() }));
    expect(seen).toEqual(sent().get('traceparent'));
    expect((await recording.spans()).map(({ name }) => name)).toEqual(['run']);
  });

  it.each(['before', 'behind'])('works with interceptors of others %s it', async (place) => {
    const recording = startRecording();
    const seen: string[] = [];
    const others: Interceptor = (options, next) =>
      new InterceptingCall(next(options), {
        start: (metadata, _listener, go) => {
          metadata.set('mine', 'kept');
          go(metadata, {
            onReceiveStatus: (status, pass) => {
              seen.push(`client ${status.code}`);
              pass(status);
            },
          });
        },
      });
    const othersOnServer: ServerInterceptor = (_method, call) =>
      new ServerInterceptingCall(call, {
        sendStatus: (status, go) => {
          seen.push(`server ${status.code}`);
          go(status);
        },
      });
    const inOrder = <T>(ours: T, theirs: T): T[] => (place === 'before' ? [theirs, ours] : [ours, theirs]);
    const service = await GrpcService.start((metadata) => seen.push(...metadata.get('mine').map(String)), {
      interceptors: inOrder(serverInterceptor(), othersOnServer),
    });
    const client = service.client({ interceptors: inOrder(clientInterceptor(), others) });
    started.push(
      () => client.close(),
      () => service.stop(),
    );
    expect(await session('run', () => client.call('serverStream'))).toContain('status 0 OK');
    expect(seen).toEqual(['kept', 'server 0', 'client 0']);
    const kinds = (await recording.spans()).filter(({ name }) => name === 'test.Echo/serverStream');
    expect(kinds.map(({ kind }) => SpanKind[kind]).sort()).toEqual(['CLIENT', 'SERVER']);
  });

  it('asks for each agent below that agent', async () => {
    const recording = startRecording();
    const service = await GrpcService.start(() => {}, { interceptors: [serverInterceptor()] });
    const client = service.client({ interceptors: [clientInterceptor()] });
    started.push(
      () => client.close(),
      () => service.stop(),
    );
    await session('run', () =>
      Promise.all(['a', 'b'].map((name) => agent(name, () => client.call('unary')))),
    );
    for (const name of ['a', 'b']) {
      const above = idOf(await recording.span(`invoke_agent ${name}`));
      const spans = await recording.spans();
      const asked = spans.find((span) => span.name === 'test.Echo/unary' && parentOf(span) === above);
      expect(spans.filter((span) => asked && parentOf(span) === idOf(asked))).toHaveLength(1);
    }
  });
});

describe('gRPC beside an OpenTelemetry set-up of the application’s own (C2)', () => {
  afterEach(() => {
    trace.disable();
    context.disable();
  });

  it('goes on with the session on the server, and with the application’s trace on the client', async () => {
    trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [agentopsSpanProcessor()] }));
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    const recording = startRecording({ session: { mode: 'multi' } });
    const seen: unknown[] = [];
    const service = await GrpcService.start(
      (metadata) => {
        seen.push(metadata.get('traceparent')[0]?.toString().split('-')[1]);
        return currentSession() && tool('look', () => 'seen');
      },
      { interceptors: [serverInterceptor()] },
    );
    const client = service.client({ interceptors: [clientInterceptor()] });
    started.push(
      () => client.close(),
      () => service.stop(),
    );
    await session('run', () => client.call('bidi'));
    const spans = await recording.spans();
    const [answered, asked, run] = ['execute_tool look', 'test.Echo/bidi', 'run'].map((name) =>
      spans.filter((span) => span.name === name),
    );
    expect(answered).toHaveLength(1);
    expect(asked?.map(({ kind }) => SpanKind[kind]).sort()).toEqual(['CLIENT', 'SERVER']);
    const traceId = run?.[0]?.spanContext().traceId;
    for (const span of spans) expect(span.spanContext().traceId).toBe(traceId);

    await trace.getTracer('application').startActiveSpan('GET /', async (request) => {
      await client.call('unary');
      expect(seen).toEqual([traceId, request.spanContext().traceId]);
    });
  });
});

describe('the target of a channel', () => {
  it.each([
    ['dns:orders.internal:443', 'orders.internal', 443],
    ['dns:///orders.internal', 'orders.internal', undefined],
    ['dns://8.8.8.8/orders.internal:50051', 'orders.internal', 50051],
    ['ipv4:10.1.2.3:50051', '10.1.2.3', 50051],
    ['ipv4:10.1.2.3:1,10.1.2.4:1', undefined, undefined],
    ['ipv6:[::1]:50051', '::1', 50051],
    ['dns:[2001:db8::1]:443', '2001:db8::1', 443],
    ['unix:/run/orders.sock', 'localhost', undefined],
    ['unix:///run/orders.sock', 'localhost', undefined],
    ['xds:///orders', undefined, undefined],
    ['', undefined, undefined],
  ])('%s is %s, %s', (target, host, port) => {
    expect(channelTarget(target)).toEqual({ host, port });
  });
});
