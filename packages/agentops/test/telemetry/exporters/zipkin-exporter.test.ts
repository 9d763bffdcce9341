import { init, shutdown, startSession, type ZipkinExporterOptions } from 'agentops';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ZipkinWire } from '../../../src/telemetry/exporters/zipkin-wire.ts';
import { accountOf } from '../../support/invariant.ts';
import { RawEndpoint } from '../../support/raw-endpoint.ts';
import { sampleSpans } from '../../support/sample-spans.ts';

let endpoint: RawEndpoint;

beforeEach(async () => {
  endpoint = await RawEndpoint.start();
});

afterEach(async () => {
  await shutdown();
  await endpoint.stop();
});

async function send(exporter: Partial<ZipkinExporterOptions> = {}) {
  const client = init({
    exporters: [{ type: 'zipkin', endpoint: endpoint.url, ...exporter }],
    serviceName: 'shop',
    spool: false,
    logs: { level: 'silent' },
    retry: { initial: 5, max: 20, attempts: 3 },
  });
  startSession({ name: 'run' }).end();
  await client.flush();
  return accountOf(client, 'zipkin');
}

describe('an exporter of type zipkin (T2, T12)', () => {
  it('posts spans as Zipkin’s JSON', async () => {
    endpoint.answer({ status: 202 });
    const headers = { 'x-tenant': 't1' };
    expect(await send({ headers, token: 'tk', compression: 'gzip' })).toMatchObject({ delivered: 1 });

    const [request] = endpoint.requests;
    expect(request).toMatchObject({
      path: '/api/v2/spans',
      headers: {
        'content-type': 'application/json',
        'content-encoding': 'gzip',
        authorization: 'Bearer tk',
        'x-tenant': 't1',
      },
    });
    expect(JSON.parse(String(request?.body))).toMatchObject([
      { name: 'run', localEndpoint: { serviceName: 'shop' }, tags: { 'agentops.span.kind': 'session' } },
    ]);
  });

  it('takes a whole URL as it is', async () => {
    await send({ endpoint: `${endpoint.url}/zipkin/spans` });

    expect(endpoint.requests[0]?.path).toBe('/zipkin/spans');
  });

  it('sends again after 503, and not after 400 or to a page', async () => {
    endpoint.answer({ status: 503 });
    expect(await send()).toMatchObject({ delivered: 1 });
    await shutdown();
    endpoint.answer({ status: 400, body: 'no' });
    expect(await send()).toMatchObject({ delivered: 0, dropped: { export_failed: 1 } });
    await shutdown();
    endpoint.answer({ headers: { 'content-type': 'text/html' }, body: '<html>' });
    expect(await send()).toMatchObject({ delivered: 0, dropped: { export_failed: 1 } });
  });

  it('maps a span by OpenTelemetry’s rules for Zipkin', () => {
    const [child, root] = sampleSpans('call');
    const wire = new ZipkinWire({ endpoint: endpoint.url });
    const spans = JSON.parse(String(wire.encode(child && root ? [child, root] : [])));
    wire.close();

    const start = child?.startTime ?? [0, 0];
    expect(spans[0]).toEqual({
      traceId: root?.spanContext().traceId,
      id: child?.spanContext().spanId,
      parentId: root?.spanContext().spanId,
      name: 'call',
      kind: 'CLIENT',
      timestamp: Math.round(start[0] * 1e6 + start[1] / 1e3),
      duration: expect.any(Number),
      localEndpoint: { serviceName: 'shop' },
      remoteEndpoint: { serviceName: 'api.example.com', port: 443 },
      tags: {
        'server.address': 'api.example.com',
        'server.port': '443',
        tags: '["a","b"]',
        n: '7',
        'otel.scope.name': 'tests',
        'otel.scope.version': '1.2.3',
        'otel.status_code': 'ERROR',
        error: 'it broke',
      },
      annotations: [
        { timestamp: expect.any(Number), value: '"cache miss": {"key":"k"}' },
        { timestamp: expect.any(Number), value: 'retry' },
      ],
    });
    expect(spans[1]).not.toHaveProperty('kind');
    expect(spans[1]).not.toHaveProperty('parentId');
    expect(spans[0].duration).toBeGreaterThanOrEqual(1);
  });
});
