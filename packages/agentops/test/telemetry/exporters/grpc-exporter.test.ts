import { encodeExportResponse } from '@agentops/otlp';
import { status } from '@grpc/grpc-js';
import { type AgentOpsError, type InitOptions, init, type OtlpExporterOptions, shutdown } from 'agentops';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OtlpWire } from '../../../src/telemetry/exporters/otlp-wire.ts';
import { GrpcEndpoint } from '../../support/grpc-endpoint.ts';
import { accountOf } from '../../support/invariant.ts';
import { deadPort, OtlpEndpoint } from '../../support/otlp-endpoint.ts';
import { recordAndFlush } from '../../support/record-actions.ts';
import { retryInfo } from '../../support/retry-info.ts';
import { sampleSpans } from '../../support/sample-spans.ts';

let endpoint: GrpcEndpoint;
let errors: AgentOpsError[];

beforeEach(async () => {
  endpoint = await GrpcEndpoint.start();
  errors = [];
});

afterEach(async () => {
  await shutdown();
  endpoint.stop();
});

function start(exporter: Partial<OtlpExporterOptions> = {}, options: InitOptions = {}) {
  return init({
    exporters: [{ type: 'otlp', endpoint: endpoint.host, ...exporter }],
    spool: false,
    logs: { level: 'silent' },
    retry: { initial: 5, max: 20, attempts: 5 },
    onError: (error) => errors.push(error),
    ...options,
  });
}

describe('OTLP over gRPC (T2, T12)', () => {
  it.each(['none', 'gzip'] as const)(
    'delivers, with metadata, token and compression %s',
    async (compression) => {
      const client = start({ compression, token: 'tk', headers: { 'X-Tenant': 't1' } });
      await recordAndFlush(client, 'a');

      expect(endpoint.names).toEqual(['action a']);
      expect(endpoint.received[0]?.metadata).toMatchObject({ 'x-tenant': 't1', authorization: 'Bearer tk' });
      expect(accountOf(client, 'otlp')).toMatchObject({ delivered: 1, dropped: {} });
      expect(errors).toEqual([]);
    },
  );

  it('finds a server that listens on one of the addresses of a name', async () => {
    const client = start({ endpoint: `localhost:${endpoint.port}` });
    await recordAndFlush(client, 'a');

    expect(endpoint.names).toEqual(['action a']);
  });

  it('carries many requests and large ones', async () => {
    const client = start({}, { batch: { size: 20 } });
    const actionType = 'x'.repeat(100_000);
    await recordAndFlush(client, ...Array.from({ length: 60 }, () => actionType));

    expect(endpoint.names).toHaveLength(60);
    expect(accountOf(client, 'otlp').delivered).toBe(60);
  });

  it('counts what the backend has rejected', async () => {
    endpoint.answer({ body: encodeExportResponse('application/x-protobuf', 1, 'no such id') });
    const client = start();
    await recordAndFlush(client, 'a', 'b');

    expect(accountOf(client, 'otlp')).toMatchObject({ delivered: 1, dropped: { rejected: 1 } });
    expect(errors[0]?.message).toContain('no such id');
  });

  it.each(['CANCELLED', 'DEADLINE_EXCEEDED', 'ABORTED', 'OUT_OF_RANGE', 'UNAVAILABLE', 'DATA_LOSS'] as const)(
    'sends again after %s',
    async (name) => {
      endpoint.answer({ code: status[name], details: 'wait a bit' });
      const client = start();
      await recordAndFlush(client, 'a');

      expect(endpoint.received).toHaveLength(2);
      expect(errors[0]?.message).toContain(`${endpoint.host} answered ${name}: wait a bit`);
      expect(accountOf(client, 'otlp')).toMatchObject({ delivered: 1, dropped: {} });
    },
  );

  it.each([
    ['INVALID_ARGUMENT', 'bad span', /INVALID_ARGUMENT: bad span$/],
    ['RESOURCE_EXHAUSTED', 'quota – used up', /RESOURCE_EXHAUSTED: quota – used up/],
    ['UNIMPLEMENTED', '', /UNIMPLEMENTED.*is it an OTLP endpoint\?/],
  ] as const)('does not send again after %s', async (name, details, message) => {
    endpoint.answer({ code: status[name], details });
    const client = start();
    await recordAndFlush(client, 'a');

    expect(endpoint.received).toHaveLength(1);
    expect(accountOf(client, 'otlp')).toMatchObject({ delivered: 0, dropped: { export_failed: 1 } });
    expect(errors[0]?.message).toMatch(message);
  });

  it.each(['UNAUTHENTICATED', 'PERMISSION_DENIED'] as const)(
    'keeps on disk what is answered %s',
    async (name) => {
      endpoint.answer({ code: status[name], details: 'who?' });
      const client = start({}, { serviceName: `barred by ${name}`, spool: {} });
      await recordAndFlush(client, 'a');

      expect(endpoint.received).toHaveLength(1);
      expect(accountOf(client, 'otlp')).toMatchObject({ delivered: 0, spooled: 1, dropped: {} });
      expect(errors[0]?.message).toMatch(/: who\?; the credentials are missing, wrong or revoked/);
    },
  );

  it('waits as long as the answer says', async () => {
    endpoint.answer({
      code: status.RESOURCE_EXHAUSTED,
      details: 'busy',
      metadata: { 'grpc-status-details-bin': retryInfo(300) },
    });
    const client = start();
    const started = performance.now();
    await recordAndFlush(client, 'a');

    expect(performance.now() - started).toBeGreaterThanOrEqual(295);
    expect(accountOf(client, 'otlp').delivered).toBe(1);
  });

  it('knows a batch that is too large', async () => {
    const wire = new OtlpWire({ endpoint: endpoint.host });
    const details = 'Received message larger than max (5000000 vs. 4194304)';
    endpoint.answer({ code: status.RESOURCE_EXHAUSTED, details });
    const request = wire.encode(sampleSpans('a')) ?? new Uint8Array();
    const result = await wire.post(request, new AbortController().signal);
    wire.close();

    expect(result).toMatchObject({ outcome: 'too_large' });
  });

  it('gives an attempt up when its time is over, and uses a new connection', async () => {
    const held = Promise.withResolvers<object>();
    endpoint.answer(held.promise);
    const client = start({}, { batch: { timeout: 1000 } });
    await recordAndFlush(client, 'slow');

    // On a busy machine the second attempt may be late as well.
    expect(endpoint.names.length).toBeGreaterThanOrEqual(2);
    expect(errors[0]?.message).toMatch(/cannot reach 127.0.0.1:\d+: timed out/);
    expect(accountOf(client, 'otlp').delivered).toBe(1);
    held.resolve({});
  });

  it('waits for an endpoint that is not there, and outlives its restarts', async () => {
    const port = await deadPort();
    const down = Promise.withResolvers<AgentOpsError>();
    const client = start(
      { endpoint: `127.0.0.1:${port}` },
      { retry: { initial: 50, max: 50, attempts: 100 }, onError: down.resolve },
    );
    const flushed = recordAndFlush(client, 'a');
    expect((await down.promise).message).toMatch(/ECONNREFUSED/);

    for (const name of ['b', 'c']) {
      const revived = await GrpcEndpoint.start(undefined, port);
      await flushed;
      await recordAndFlush(client, name);
      expect(revived.names).toContain(`action ${name}`);
      revived.stop();
    }
    expect(accountOf(client, 'otlp')).toMatchObject({ delivered: 3, dropped: {} });
  });

  it('sends again what was under way when the endpoint died', async () => {
    const { port } = endpoint;
    endpoint.answer({}, new Promise(() => {}));
    const client = start({}, { retry: { initial: 50, max: 50, attempts: 100 } });
    await recordAndFlush(client, 'a');
    const flushed = recordAndFlush(client, 'b');
    await expect.poll(() => endpoint.names, { timeout: 10_000 }).toContain('action b');
    endpoint.stop();
    const revived = await GrpcEndpoint.start(undefined, port);
    await flushed;
    revived.stop();

    expect(revived.names).toEqual(['action b']);
    expect(accountOf(client, 'otlp')).toMatchObject({ delivered: 2, dropped: {} });
  });

  it('says what is wrong with an endpoint that speaks HTTP/1 only, and waits', async () => {
    const http = await OtlpEndpoint.start();
    const client = start({ endpoint: `127.0.0.1:${http.port}` }, { retry: { attempts: 1 } });
    await recordAndFlush(client, 'a');
    await http.stop();

    expect(errors[0]?.message).toContain('is it a gRPC endpoint?');
    expect(accountOf(client, 'otlp').dropped).toEqual({ export_failed: 1 });
  });
});
