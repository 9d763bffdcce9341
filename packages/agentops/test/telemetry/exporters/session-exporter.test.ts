import { encodeExportResponse } from '@agentops/otlp';
import { ExportResultCode } from '@opentelemetry/core';
import { type ReadableSpan, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { type AgentOpsError, type InitOptions, SessionExporter, startSession } from 'agentops';
import { describe, expect } from 'vitest';
import { accountOf } from '../../support/invariant.ts';
import { deadPort, OtlpEndpoint } from '../../support/otlp-endpoint.ts';
import { recordActions } from '../../support/record-actions.ts';
import { it as sending } from '../../support/sending.ts';

const it = sending.extend(
  'options',
  (): InitOptions => ({ spool: false, retry: { initial: 5, max: 20, attempts: 5 } }),
);

describe('spans on their way to the backend', () => {
  it('arrive as OTLP protobuf with key, headers, resource and attributes', async ({ endpoint, start }) => {
    const client = start({
      serviceName: 'shop',
      exporters: [
        { type: 'agentops', endpoint: `${endpoint.url}/`, apiKey: 'k1', headers: { 'x-tenant': 't1' } },
      ],
    });
    const run = startSession({ name: 'run' });
    run.end('Success');
    await client.flush();

    const [request] = endpoint.received;
    expect(request?.headers).toMatchObject({
      authorization: 'Bearer k1',
      'x-tenant': 't1',
      'content-type': 'application/x-protobuf',
    });
    expect(request?.spans).toMatchObject([
      { trace_id: run.traceId, operation_name: 'run', service_name: 'shop', session_id: run.id, status: 1 },
    ]);
    expect(accountOf(client, 'agentops')).toMatchObject({ ended: 1, pending: 0, delivered: 1, dropped: {} });
  });

  it.for([429, 502, 503, 504])('are sent again after %d', async (status, { endpoint, start }) => {
    endpoint.answer({ status }, { status });
    const client = start();
    recordActions('a');
    await client.flush();

    expect(endpoint.received).toHaveLength(3);
    expect(accountOf(client, 'agentops')).toMatchObject({ delivered: 1, dropped: {} });
  });

  it('wait for the seconds that Retry-After says', async ({ endpoint, start }) => {
    endpoint.answer({ status: 503, headers: { 'retry-after': '1' } });
    const client = start();
    recordActions('a');
    await client.flush();

    const [first, second] = endpoint.received.map(({ at }) => at);
    expect(Number(second) - Number(first)).toBeGreaterThanOrEqual(995);
    expect(accountOf(client, 'agentops').delivered).toBe(1);
  });

  it('wait until the date that Retry-After says', async ({ endpoint, start }) => {
    const date = new Date(Date.now() + 2000).toUTCString();
    endpoint.answer({ status: 503, headers: { 'retry-after': date } });
    const client = start();
    recordActions('a');
    await client.flush();

    expect(endpoint.received[1]?.at).toBeGreaterThanOrEqual(Date.parse(date) - 5);
    expect(accountOf(client, 'agentops').delivered).toBe(1);
  });

  it('never come back at once, whatever Retry-After says', async ({ endpoint, start }) => {
    endpoint.answer({ status: 503, headers: { 'retry-after': '0' } });
    const client = start({ retry: { initial: 100, max: 100 } });
    recordActions('a');
    await client.flush();

    const [first, second] = endpoint.received.map(({ at }) => at);
    expect(Number(second) - Number(first)).toBeGreaterThanOrEqual(45);
  });

  it('do not follow a redirect: the page it leads to confirms nothing', async ({ endpoint, start }) => {
    endpoint.answer({ status: 302, headers: { location: `${endpoint.url}/login` } });
    const client = start();
    recordActions('a');
    await client.flush();

    expect(endpoint.received).toHaveLength(1);
    expect(accountOf(client, 'agentops')).toMatchObject({ delivered: 0, dropped: { export_failed: 1 } });
  });

  it('carry one authorization, the key', async ({ endpoint, start }) => {
    const headers = { Authorization: 'Basic zzz' };
    const client = start({
      exporters: [{ type: 'agentops', endpoint: endpoint.url, apiKey: 'k1', headers }],
    });
    recordActions('a');
    await client.flush();

    expect(endpoint.received[0]?.headers.authorization).toBe('Bearer k1');
  });

  it.for<[number, RegExp]>([
    [400, /is it an AgentOps or OTLP endpoint\? bad span/],
    [500, /answered 500/],
  ])(
    'are not sent again after %d, and are counted as dropped',
    async ([status, message], { endpoint, errors, start }) => {
      endpoint.answer({ status, body: 'bad span' });
      const client = start();
      recordActions('a');
      await client.flush();

      expect(endpoint.received).toHaveLength(1);
      expect(accountOf(client, 'agentops')).toMatchObject({ delivered: 0, dropped: { export_failed: 1 } });
      expect(errors).toMatchObject([{ code: 'spans_dropped' }]);
      expect(errors[0]?.message).toMatch(message);
    },
  );

  it.for([401, 403])(
    'wait on disk after %d, until the key is right, without further attempts',
    async (status, { endpoint, errors, start }) => {
      endpoint.answer({ status });
      const client = start({ serviceName: `barred by ${status}`, spool: {} });
      recordActions('a');
      await client.flush();

      expect(endpoint.received).toHaveLength(1);
      expect(accountOf(client, 'agentops')).toMatchObject({ delivered: 0, spooled: 1, dropped: {} });
      expect(errors).toMatchObject([{ code: 'spans_spooled' }]);
      expect(errors[0]?.message).toMatch(
        /the API key is missing, wrong or revoked; set apiKey or AGENTOPS_API_KEY/,
      );
    },
  );

  it('are not taken for delivered by the page of another web server', async ({ endpoint, errors, start }) => {
    endpoint.answer({ headers: { 'content-type': 'text/html' }, body: '<html>Welcome</html>' });
    const client = start();
    recordActions('a');
    await client.flush();

    expect(accountOf(client, 'agentops').dropped).toEqual({ export_failed: 1 });
    expect(errors[0]?.message).toContain('is it an AgentOps or OTLP endpoint? <html>Welcome</html>');
  });

  it('count as rejected where the backend takes only some of them', async ({ endpoint, errors, start }) => {
    const body = encodeExportResponse('application/x-protobuf', 2, 'ids of wrong length');
    endpoint.answer({ body });
    const client = start();
    recordActions('a', 'b', 'c');
    await client.flush();

    expect(accountOf(client, 'agentops')).toMatchObject({ delivered: 1, dropped: { rejected: 2 } });
    expect(errors[0]?.message).toContain('ids of wrong length');
  });

  it('are accounted for even where the backend refuses more than it got', async ({ endpoint, start }) => {
    endpoint.answer({ body: encodeExportResponse('application/x-protobuf', 99) });
    const client = start();
    recordActions('a');
    await client.flush();

    expect(accountOf(client, 'agentops')).toMatchObject({ delivered: 0, dropped: { rejected: 1 } });
  });

  it('wait for a dead endpoint, which is reported, and arrive when it comes back', async ({ start }) => {
    const port = await deadPort();
    const unreachable = Promise.withResolvers<AgentOpsError>();
    const client = start({
      endpoint: `http://127.0.0.1:${port}`,
      retry: { initial: 20, max: 20, attempts: 100 },
      onError: unreachable.resolve,
    });
    recordActions('patient');
    const flushed = client.flush();
    const error = await unreachable.promise;
    expect(error).toMatchObject({ code: 'export_failed' });
    expect(error.message).toMatch(/exporter agentops: cannot reach http:.*ECONNREFUSED.*the spans wait/);
    expect(accountOf(client, 'agentops').pending).toBe(1);

    const revived = await OtlpEndpoint.start(port);
    await flushed;
    expect(revived.names).toEqual(['action patient']);
    expect(accountOf(client, 'agentops')).toMatchObject({ pending: 0, delivered: 1 });
    await revived.stop();
  });

  it('are given up after the last attempt, where there is no spool', async ({ start }) => {
    const client = start({ endpoint: `http://127.0.0.1:${await deadPort()}` });
    recordActions('lost');
    await client.flush();

    expect(accountOf(client, 'agentops').dropped).toEqual({ export_failed: 1 });
    expect(client.stats().errors).toEqual({ export_failed: 4, spans_dropped: 1 });
  });

  it('are sent again where an attempt takes too long', async ({ endpoint, start }) => {
    const held = Promise.withResolvers<object>();
    endpoint.answer(held.promise);
    // Long enough for the second attempt to be answered in time on a busy machine.
    const client = start({ batch: { timeout: 1000 } });
    recordActions('slow');
    await client.flush();

    expect(endpoint.names).toEqual(['action slow', 'action slow']);
    expect(accountOf(client, 'agentops').delivered).toBe(1);
    held.resolve({});
  });
});

describe('SessionExporter in a set-up of your own', () => {
  it('exports, and reports what failed', async ({ endpoint }) => {
    const exporter = new SessionExporter({ endpoint: endpoint.url, apiKey: 'k1' });
    const results: unknown[] = [];
    const exported = (spans: ReadableSpan[]) =>
      new Promise((resolve) => exporter.export(spans, (result) => resolve(results.push(result))));
    const captured: ReadableSpan[] = [];
    const provider = new TracerProvider({
      spanProcessors: [
        new SimpleSpanProcessor({
          exporter: { export: (spans) => void captured.push(...spans), shutdown: async () => {} },
        }),
      ],
    });
    provider.getTracer('own').startSpan('GET /').end();
    await exported(captured);
    endpoint.answer({ status: 400 });
    await exported(captured);
    await exporter.shutdown();
    await exported(captured);

    expect(endpoint.names).toEqual(['GET /', 'GET /']);
    expect(results).toMatchObject([
      { code: ExportResultCode.SUCCESS },
      { code: ExportResultCode.FAILED, error: { message: expect.stringContaining('answered 400') } },
      {
        code: ExportResultCode.FAILED,
        error: { message: expect.stringContaining('the exporter was shut down') },
      },
    ]);
  });
});
