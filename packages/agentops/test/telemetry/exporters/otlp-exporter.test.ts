import { decodeTraces, encodeExportResponse } from '@agentops/otlp';
import {
  type AgentOpsError,
  type ExporterOption,
  init,
  type OtlpExporterOptions,
  OtlpSpanExporter,
  shutdown,
} from 'agentops';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { otlpEndpoint } from '../../../src/telemetry/exporters/otlp-endpoint.ts';
import { accountOf } from '../../support/invariant.ts';
import { RawEndpoint } from '../../support/raw-endpoint.ts';
import { recordAndFlush } from '../../support/record-actions.ts';
import { sampleSpans } from '../../support/sample-spans.ts';

const PROTOBUF = 'application/x-protobuf';
const JSON_TYPE = 'application/json';

let endpoint: RawEndpoint;
let errors: AgentOpsError[];

beforeEach(async () => {
  endpoint = await RawEndpoint.start();
  errors = [];
});

afterEach(async () => {
  await shutdown();
  await endpoint.stop();
});

function start(...exporters: readonly ExporterOption[]) {
  return init({
    exporters,
    serviceName: 'shop',
    spool: false,
    logs: { level: 'silent' },
    retry: { initial: 5, max: 20, attempts: 3 },
    onError: (error) => errors.push(error),
  });
}

describe('an exporter of type otlp (T2, T12)', () => {
  it.each([
    ['http/protobuf', PROTOBUF],
    ['http/json', JSON_TYPE],
  ] as const)('speaks %s', async (protocol, contentType) => {
    const client = start({ type: 'otlp', endpoint: endpoint.url, protocol });
    await recordAndFlush(client, 'a');

    const [request] = endpoint.requests;
    expect(request).toMatchObject({ path: '/v1/traces', headers: { 'content-type': contentType } });
    const { rows } = decodeTraces(request?.body ?? Buffer.of(), contentType);
    expect(rows).toMatchObject([{ operation_name: 'action a', service_name: 'shop' }]);
    expect(accountOf(client, 'otlp')).toMatchObject({ ended: 1, delivered: 1 });
  });

  it.each(['http/protobuf', 'http/json'] as const)('compresses %s where asked to', async (protocol) => {
    const client = start({ type: 'otlp', endpoint: endpoint.url, protocol, compression: 'gzip' });
    await recordAndFlush(client, 'a');

    const [request] = endpoint.requests;
    expect(request?.headers['content-encoding']).toBe('gzip');
    const contentType = protocol === 'http/json' ? JSON_TYPE : PROTOBUF;
    expect(decodeTraces(request?.body ?? Buffer.of(), contentType).rows).toHaveLength(1);
  });

  it('sends headers, a token and who it is', async () => {
    const headers = { 'X-Tenant': 't1', Authorization: 'Basic abc' };
    const client = start({ type: 'otlp', endpoint: endpoint.url, headers, token: 'tk' });
    await recordAndFlush(client, 'a');

    expect(endpoint.requests[0]?.headers).toMatchObject({
      'x-tenant': 't1',
      authorization: 'Bearer tk',
      'user-agent': expect.stringMatching(/^agentops\/\d/),
    });
  });

  it('counts what a backend has rejected, also by an answer in JSON', async () => {
    endpoint.answer({
      headers: { 'content-type': JSON_TYPE },
      body: encodeExportResponse(JSON_TYPE, 2, 'too old'),
    });
    const client = start({ type: 'otlp', endpoint: endpoint.url, protocol: 'http/json' });
    await recordAndFlush(client, 'a', 'b', 'c');

    expect(accountOf(client, 'otlp')).toMatchObject({ delivered: 1, dropped: { rejected: 2 } });
    expect(errors[0]?.message).toContain('too old');
  });

  it.each([
    ['a page', { 'content-type': 'text/html' }, '<html></html>'],
    ['what is no JSON', { 'content-type': JSON_TYPE }, 'fine'],
    ['what is no protobuf', { 'content-type': PROTOBUF }, Buffer.from('0aff', 'hex')],
  ])('takes %s for no confirmation', async (_kind, headers, body) => {
    endpoint.answer({ headers, body });
    const client = start({ type: 'otlp', endpoint: endpoint.url, protocol: 'http/json' });
    await recordAndFlush(client, 'a');

    expect(accountOf(client, 'otlp')).toMatchObject({ delivered: 0, dropped: { export_failed: 1 } });
  });

  it('shows no query of its endpoint, which may be a key', async () => {
    endpoint.answer({ status: 401 });
    const client = start({ type: 'otlp', endpoint: `${endpoint.url}/in?key=hush` });
    await recordAndFlush(client, 'a');

    expect(endpoint.requests[0]?.path).toBe('/in/v1/traces?key=hush');
    expect(errors[0]?.message).toMatch(
      /\/in\/v1\/traces answered 401: the credentials .* set token or headers/,
    );
    expect(errors[0]?.message).not.toContain('hush');
  });

  it('is made several times, each with an account of its own', async () => {
    const options: OtlpExporterOptions = { type: 'otlp', endpoint: endpoint.url };
    const client = start(options, { ...options, protocol: 'http/json' }, { ...options, type: 'jaeger' });
    await recordAndFlush(client, 'a');

    for (const name of ['otlp', 'otlp-2', 'jaeger']) expect(accountOf(client, name).delivered).toBe(1);
    expect(endpoint.requests).toHaveLength(3);
  });
});

describe('the endpoint of an OTLP exporter (T2)', () => {
  it.each([
    [{}, 'http/protobuf', 'http://localhost:4318/v1/traces'],
    [{ protocol: 'http/json' }, 'http/json', 'http://localhost:4318/v1/traces'],
    [{ endpoint: 'https://in.example.com' }, 'http/protobuf', 'https://in.example.com/v1/traces'],
    [{ endpoint: 'http://h:1/otlp/' }, 'http/protobuf', 'http://h:1/otlp/v1/traces'],
    [{ endpoint: 'http://h:1//' }, 'http/protobuf', 'http://h:1/v1/traces'],
    [{ endpoint: 'http://h:1/api/v1/traces' }, 'http/protobuf', 'http://h:1/api/v1/traces'],
    [{ endpoint: 'h:4318', protocol: 'http/json' }, 'http/json', 'http://h:4318/v1/traces'],
  ] as const)('of %j is %s at %s', (options, protocol, url) => {
    expect(otlpEndpoint(options, 'traces')).toMatchObject({ protocol, url: { href: url } });
  });

  it.each([
    [{ protocol: 'grpc' }, 'http://localhost:4317'],
    [{ endpoint: 'localhost:4317' }, 'http://localhost:4317'],
    [{ endpoint: '[::1]:4317' }, 'http://[::1]:4317'],
    [{ endpoint: 'collector' }, 'http://collector'],
    [{ endpoint: 'collector:4317', tls: {} }, 'https://collector:4317'],
    [{ endpoint: 'https://in.example.com:443', protocol: 'grpc' }, 'https://in.example.com'],
  ] as const)('of %j is gRPC at %s', (options, origin) => {
    expect(otlpEndpoint(options, 'traces')).toMatchObject({
      protocol: 'grpc',
      url: { origin, pathname: '/opentelemetry.proto.collector.trace.v1.TraceService/Export' },
    });
  });

  it('has a path of its own for metrics and logs', () => {
    expect(otlpEndpoint({}, 'metrics').url.pathname).toBe('/v1/metrics');
    expect(otlpEndpoint({}, 'logs').url.pathname).toBe('/v1/logs');
    const endpoint = 'http://h:1/otlp/v1/traces';
    expect(otlpEndpoint({ endpoint }, 'logs').url.href).toBe('http://h:1/otlp/v1/logs');
  });

  it.each(['http://', 'ftp://host', 'a host'])('is refused where it is no URL of HTTP: %s', (endpoint) => {
    expect(() => new OtlpSpanExporter({ endpoint })).toThrow(
      expect.objectContaining({ code: 'invalid_config', message: expect.stringContaining(`"`) }),
    );
  });
});

describe('OtlpSpanExporter in a set-up of your own', () => {
  it('exports, and waits in forceFlush for what is under way', async () => {
    const held = Promise.withResolvers<object>();
    endpoint.answer(held.promise);
    const exporter = new OtlpSpanExporter({ endpoint: endpoint.url });
    const seen: string[] = [];
    exporter.export(sampleSpans('a'), () => seen.push('exported'));
    const flushed = exporter.forceFlush().then(() => seen.push('flushed'));
    held.resolve({});
    await flushed;
    await exporter.shutdown();

    expect(seen).toEqual(['exported', 'flushed']);
    expect(decodeTraces(endpoint.requests[0]?.body ?? Buffer.of(), PROTOBUF).rows).toHaveLength(2);
  });
});
