import { Metadata, status } from '@grpc/grpc-js';
import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { agent, session, shutdown, TraceContext, tool } from 'agentops';
import { clientInterceptor, serverInterceptor } from 'agentops/grpc';
import { afterEach, describe, expect, it } from 'vitest';
import { GrpcService, KINDS, type Kind, type Wish } from '../../support/grpc-service.ts';
import { idOf, parentOf, startRecording } from '../../support/recording.ts';

const started: (() => void)[] = [];
afterEach(async () => {
  for (const stop of started.splice(0)) stop();
  await shutdown();
});

async function connect(watched: boolean, work: () => unknown = () => {}) {
  const service = await GrpcService.start(work, watched ? { interceptors: [serverInterceptor()] } : {});
  const client = service.client(watched ? { interceptors: [clientInterceptor()] } : {});
  started.push(
    () => client.close(),
    () => service.stop(),
  );
  await client.ready();
  return { service, client };
}

const OUTCOMES = [
  { outcome: 'success', wish: 'answer', code: status.OK, server: status.OK },
  { outcome: 'refusal', wish: 'refuse', code: status.NOT_FOUND, server: status.NOT_FOUND },
  { outcome: 'failure', wish: 'break', code: status.INTERNAL, server: status.INTERNAL },
  { outcome: 'cancel', wish: 'hang', code: status.CANCELLED, server: status.CANCELLED },
  { outcome: 'deadline', wish: 'hang', code: status.DEADLINE_EXCEEDED, server: undefined },
] as const;

const CASES = KINDS.flatMap((kind) => OUTCOMES.map((outcome) => ({ kind, ...outcome })));

/** One call, to its end, on both sides. */
async function run(
  { service, client }: Awaited<ReturnType<typeof connect>>,
  kind: Kind,
  { outcome, wish }: { readonly outcome: string; readonly wish: Wish },
  reached: Promise<unknown>,
): Promise<string[]> {
  const told = await client.call(kind, {
    wish,
    ...(outcome === 'cancel' && { cancelOn: reached }),
    ...(outcome === 'deadline' && { timeoutMs: 400 }),
  });
  if (wish === 'hang') await service.cancelled.promise;
  // What a deadline has passed with is of that call alone.
  return told.map((what) => what.replace(/(?<=Deadline exceeded) after .*/, ''));
}

describe('a gRPC call (C2)', () => {
  it.each(CASES)('$kind, $outcome: has a span on either side, and is what it was', async (testCase) => {
    const { kind, code, server } = testCase;
    let reached = Promise.withResolvers<void>();
    const plain = await connect(false, () => reached.resolve());
    const expected = await run(plain, kind, testCase, reached.promise);

    const recording = startRecording();
    reached = Promise.withResolvers<void>();
    const watched = await connect(true, () => {
      reached.resolve();
      return tool('look', () => 'seen');
    });
    const told = await session('run', () =>
      agent('keeper', () => run(watched, kind, testCase, reached.promise)),
    );
    expect(told).toEqual(expected);

    const named = (await recording.spans()).filter(({ name }) => name === `test.Echo/${kind}`);
    const [asked, ...others] = named.filter((span) => span.kind === SpanKind.CLIENT);
    const [answered, ...moreOthers] = named.filter((span) => span.kind === SpanKind.SERVER);
    expect([...others, ...moreOthers]).toEqual([]);
    expect(asked).toMatchObject({
      attributes: {
        'rpc.system': 'grpc',
        'rpc.service': 'test.Echo',
        'rpc.method': kind,
        'rpc.grpc.status_code': code,
        'server.address': '127.0.0.1',
        'server.port': watched.service.port,
      },
      status: { code: code === status.OK ? SpanStatusCode.UNSET : SpanStatusCode.ERROR },
    });
    expect(parentOf(asked as ReadableSpan)).toBe(idOf(await recording.span('invoke_agent keeper')));
    expect(parentOf(answered as ReadableSpan)).toBe(idOf(asked as ReadableSpan));
    expect(parentOf(await recording.span('execute_tool look'))).toBe(idOf(answered as ReadableSpan));
    // Which of the two the server hears of first at a deadline, its own or the caller's, is a race.
    const heard = server ?? expect.toBeOneOf([status.CANCELLED, status.DEADLINE_EXCEEDED]);
    expect(answered?.attributes).toMatchObject({ 'rpc.grpc.status_code': heard });
    if (server === status.NOT_FOUND) expect(answered?.status.code).toBe(SpanStatusCode.UNSET);
    if (server === status.INTERNAL) expect(answered?.status.code).toBe(SpanStatusCode.ERROR);
    expect(recording.errors).toEqual([]);
  });

  it.each(KINDS)('%s ends when the connection breaks', async (kind) => {
    const recording = startRecording();
    const reached = Promise.withResolvers<void>();
    const { service, client } = await connect(true, () => reached.resolve());
    const call = session('run', () => client.call(kind, { wish: 'hang' }));
    await reached.promise;
    service.stop();
    expect(await call).toContainEqual(expect.stringMatching(/^status (1|13|14) /));
    await service.cancelled.promise;

    const spans = (await recording.spans()).filter(({ name }) => name === `test.Echo/${kind}`);
    expect(spans.map((span) => SpanKind[span.kind]).sort()).toEqual(['CLIENT', 'SERVER']);
    for (const span of spans) expect(span.attributes['rpc.grpc.status_code']).not.toBe(status.OK);
  });

  it('to nobody ends as unavailable', async () => {
    const recording = startRecording();
    const { service, client } = await connect(true);
    service.stop();
    await session('run', () => client.call('unary'));
    expect(await recording.span('test.Echo/unary')).toMatchObject({
      status: { code: SpanStatusCode.ERROR },
      attributes: { 'rpc.grpc.status_code': status.UNAVAILABLE, 'error.type': 'UNAVAILABLE' },
    });
  });

  it('leaves the metadata of the caller as it was', async () => {
    startRecording();
    const { client } = await connect(true);
    const metadata = new Metadata();
    metadata.set('mine', 'kept');
    await session('run', () => client.call('unary', { metadata }));
    expect(metadata.getMap()).toEqual({ mine: 'kept' });
  });

  it('is told its outcome in its own session, whoever opened the connection', async () => {
    startRecording({ session: { mode: 'multi' } });
    const { client } = await connect(true);
    const seen = async (name: string) =>
      session(name, async (run) => {
        const ids = new Set<string | undefined>();
        for (const kind of KINDS) {
          await client.call(kind, { onTold: () => ids.add(TraceContext.current().sessionId) });
        }
        return [[...ids], run.id];
      });
    const all = await Promise.all(['a', 'b', 'c'].map(seen));
    for (const [ids, id] of all) expect(ids).toEqual([id]);
    const outside = new Set<string | undefined>();
    await client.call('serverStream', { onTold: () => outside.add(TraceContext.current().sessionId) });
    expect([...outside]).toEqual([undefined]);
  });

  it('is made as it is outside of any session, and before init', async () => {
    const seen: unknown[] = [];
    const service = await GrpcService.start((metadata) => seen.push(metadata.get('traceparent')));
    const client = service.client({ interceptors: [clientInterceptor()] });
    started.push(
      () => client.close(),
      () => service.stop(),
    );
    await client.call('unary');
    const recording = startRecording();
    await client.call('unary');
    expect(seen).toEqual([[], []]);
    expect(await recording.spans()).toEqual([]);
  });

  it('tells the server of a session that is not sampled', async () => {
    const recording = startRecording({ sampling: { rate: 0 } });
    const seen: unknown[] = [];
    const service = await GrpcService.start((metadata) => seen.push(...metadata.get('traceparent')), {
      interceptors: [serverInterceptor()],
    });
    const client = service.client({ interceptors: [clientInterceptor()] });
    started.push(
      () => client.close(),
      () => service.stop(),
    );
    await session('run', () => client.call('unary'));
    expect(seen).toEqual([expect.stringMatching(/-00$/)]);
    expect(await recording.spans()).toEqual([]);
  });
});
