import { Server, ServerCredentials } from '@grpc/grpc-js';
import { metrics } from '@opentelemetry/api';
import { type AgentOpsError, flush, init, type OtlpMetricsOptions, session, shutdown } from 'agentops';
import { afterEach, describe, expect, it } from 'vitest';
import { decodeMetrics, MetricsEndpoint, type ReceivedMetric } from '../../support/metrics-endpoint.ts';

afterEach(async () => {
  await shutdown();
  metrics.disable();
});

/** Counts one session, and what was reported. */
async function send(otlp: OtlpMetricsOptions): Promise<readonly AgentOpsError[]> {
  const errors: AgentOpsError[] = [];
  init({
    exporters: [],
    logs: { level: 'silent' },
    metrics: { otlp },
    onError: (error) => errors.push(error),
  });
  await session('run', () => 'done');
  await flush();
  return errors;
}

/** A gRPC server by gRPC's own library that takes metrics. */
async function startGrpc() {
  const received: { readonly metadata: object; readonly metrics: readonly ReceivedMetric[] }[] = [];
  const server = new Server();
  const bytes = (buffer: Buffer): Buffer => buffer;
  server.addService(
    {
      export: {
        path: '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export',
        requestStream: false,
        responseStream: false,
        requestDeserialize: bytes,
        requestSerialize: bytes,
        responseDeserialize: bytes,
        responseSerialize: bytes,
      },
    },
    {
      export: (
        call: { readonly request: Buffer; readonly metadata: { getMap(): object } },
        done: (error: null, answer: Buffer) => void,
      ) => {
        received.push({ metadata: call.metadata.getMap(), metrics: decodeMetrics(call.request) });
        done(null, Buffer.alloc(0));
      },
    },
  );
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  return { port, received, [Symbol.dispose]: () => server.forceShutdown() };
}

describe('the protocols of OTLP metrics (T10, T12)', () => {
  it.each(['http/protobuf', 'http/json'] as const)('%s, compressed, with a token', async (protocol) => {
    const endpoint = await MetricsEndpoint.start();
    const errors = await send({ endpoint: endpoint.url, protocol, compression: 'gzip', token: 'opensesame' });

    expect(errors).toEqual([]);
    expect(endpoint.latest('agentops.sessions.ended')).toBe(1);
    expect(endpoint.received[0]?.headers).toMatchObject({
      'content-encoding': 'gzip',
      authorization: 'Bearer opensesame',
    });
    await shutdown();
    await endpoint.stop();
  });

  it('grpc, with metadata', async () => {
    using server = await startGrpc();
    const errors = await send({ endpoint: `127.0.0.1:${server.port}`, headers: { 'x-team': 'research' } });

    expect(errors).toEqual([]);
    const [request] = server.received;
    expect(request?.metadata).toMatchObject({ 'x-team': 'research' });
    expect(request?.metrics.find(({ name }) => name === 'agentops.sessions.ended')?.values).toEqual([1]);
    await shutdown();
  });
});
