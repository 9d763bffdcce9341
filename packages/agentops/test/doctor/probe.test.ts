import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Server as TcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Server as GrpcServer, type handleUnaryCall, ServerCredentials, status } from '@grpc/grpc-js';
import { type ExporterConfig, probe, probeOtlp } from 'agentops/doctor';
import { afterEach, describe, expect, it } from 'vitest';
import { type PostgresServer, startPostgres } from '../../../postgres/test/postgres-server.ts';
import { Authority } from '../support/certificates.ts';
import { deadPort } from '../support/otlp-endpoint.ts';

const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function listen(server: Server | TcpServer): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stops.push(() => new Promise((resolve) => server.close(resolve)));
  return (server.address() as AddressInfo).port;
}

/** A server that gives every request this answer, and what it was asked. */
async function answering(code: number, headers: Record<string, string> = {}) {
  const asked: { url: string | undefined; headers: IncomingHttpHeaders; body: string }[] = [];
  const listener: RequestListener = async (request, response) => {
    asked.push({
      url: request.url,
      headers: request.headers,
      body: Buffer.concat(await request.toArray()).toString(),
    });
    response.writeHead(code, headers).end();
  };
  return { url: `http://127.0.0.1:${await listen(createServer(listener))}`, asked };
}

/** Options of one exporter as a resolved configuration has them. */
function exporter(options: object): ExporterConfig {
  return { name: 'test', batch: {}, retry: {}, ...options } as unknown as ExporterConfig;
}

describe('asking a destination over HTTP', () => {
  it('sends no span, with the credentials of the exporter', async () => {
    const { url, asked } = await answering(200);
    const agentops = await probe(exporter({ type: 'agentops', endpoint: `${url}/`, apiKey: 'key' }));
    await probe(
      exporter({
        type: 'otlp',
        endpoint: url,
        protocol: 'http/json',
        token: 'token',
        headers: { 'x-team': 'a' },
      }),
    );
    await probe(exporter({ type: 'jaeger', endpoint: `${url}/v1/traces`, protocol: 'http/protobuf' }));
    await probe(exporter({ type: 'zipkin', endpoint: `${url}/api/v2/spans` }));

    const logs = await probeOtlp({ endpoint: url }, 'logs');
    await probeOtlp({ endpoint: url, protocol: 'http/json' }, 'metrics');

    expect(logs).toMatchObject({ outcome: 'ok', message: `${url}/v1/logs takes log records` });
    expect(agentops).toMatchObject({ outcome: 'ok', message: `${url}/v1/traces takes spans` });
    expect(asked.map((request) => [request.url, request.headers['content-type'], request.body])).toEqual([
      ['/v1/traces', 'application/x-protobuf', ''],
      ['/v1/traces', 'application/json', '{"resourceSpans":[]}'],
      ['/v1/traces', 'application/x-protobuf', ''],
      ['/api/v2/spans', 'application/json', '[]'],
      ['/v1/logs', 'application/x-protobuf', ''],
      ['/v1/metrics', 'application/json', '{"resourceMetrics":[]}'],
    ]);
    expect(asked.slice(0, 2).map(({ headers }) => headers.authorization)).toEqual([
      'Bearer key',
      'Bearer token',
    ]);
    expect(asked[1]?.headers['x-team']).toBe('a');
  });

  it.each([
    { code: 401, outcome: 'failure', message: /credentials/, advice: /AGENTOPS_API_KEY/ },
    { code: 404, outcome: 'failure', message: /nothing takes spans/, advice: /path/ },
    {
      code: 200,
      headers: { 'content-type': 'text/html' },
      outcome: 'failure',
      message: /a web page/,
      advice: /port/,
    },
    {
      code: 301,
      headers: { location: 'https://a' },
      outcome: 'failure',
      message: /redirects to https:\/\/a/,
      advice: /endpoint/,
    },
    { code: 415, outcome: 'failure', message: /encoding/, advice: /protocol/ },
    { code: 503, outcome: 'warning', message: /takes nothing at the moment/, advice: /sent again/ },
    { code: 400, outcome: 'warning', message: /without spans/, advice: /look for them/ },
  ])('says what $code means: $message', async ({ code, headers, outcome, message, advice }) => {
    const { url } = await answering(code, headers);

    expect(await probe(exporter({ type: 'agentops', endpoint: url }))).toEqual({
      outcome,
      message: expect.stringMatching(message),
      advice: expect.stringMatching(advice),
    });
  });

  it('measures how far the clocks are apart', async () => {
    const { url } = await answering(200, { date: new Date(Date.now() + 60_000).toUTCString() });
    const result = await probe(exporter({ type: 'agentops', endpoint: url }));

    expect(result).toMatchObject({ outcome: 'ok' });
    expect('clockSkewMs' in result && result.clockSkewMs).toBeGreaterThan(58_000);
    expect('clockSkewMs' in result && result.clockSkewMs).toBeLessThan(62_000);
  });

  it('says what keeps it from connecting', async () => {
    const notHttp = createTcpServer((socket) =>
      socket
        .on('error', () => {})
        .resume()
        .end('SSH-2.0-nonsense\r\n'),
    );
    const gone = createTcpServer((socket) => socket.destroy());
    const plain = await answering(200);
    const cases = [
      [`http://127.0.0.1:${await deadPort()}`, /nothing listens there \(ECONNREFUSED\)/, /agentops up/],
      ['http://no-such-host.invalid', /host name is not known/, /DNS/],
      [`http://127.0.0.1:${await listen(notHttp)}`, /does not speak HTTP/, /grpc/],
      [`http://127.0.0.1:${await listen(gone)}`, /closed the connection/, /https/],
      [plain.url.replace('http:', 'https:'), /does not speak TLS/, /http:\/\//],
    ] as const;
    for (const [endpoint, message, advice] of cases) {
      expect(await probe(exporter({ type: 'agentops', endpoint }))).toEqual({
        outcome: 'failure',
        message: expect.stringMatching(message),
        advice: expect.stringMatching(advice),
      });
    }
  });
});

describe('asking a destination over TLS (T12)', () => {
  it('trusts the configured authority, shows the client certificate, and says what is amiss', async () => {
    const authority = new Authority('test authority');
    const { cert, key } = authority.issue('server', ['127.0.0.1']);
    const client = authority.issue('client');
    const server = createTlsServer(
      { cert, key, ca: authority.cert, requestCert: true, rejectUnauthorized: true },
      (_, response) => response.end(),
    );
    const endpoint = `https://127.0.0.1:${await listen(server)}`;
    const asked = (tls: object) =>
      probe(exporter({ type: 'otlp', endpoint, protocol: 'http/protobuf', tls }));

    expect(await asked({ ca: authority.cert, ...client })).toMatchObject({ outcome: 'ok' });
    expect(await asked({ ...client })).toMatchObject({
      message: expect.stringContaining('certificate is not trusted'),
      advice: expect.stringContaining('tls.ca'),
    });
    expect(await asked({ ca: authority.cert })).toMatchObject({
      advice: expect.stringContaining('client certificate'),
    });
    expect(await asked({ ca: authority.cert, ...client, serverName: 'other' })).toMatchObject({
      message: expect.stringContaining('for another host'),
    });
    expect(await asked({ ca: '/nowhere/ca.pem' })).toMatchObject({
      message: expect.stringMatching(/tls\.ca = .*ca\.pem/),
    });
  });
});

describe('asking a destination over gRPC', () => {
  it('says whether it takes spans, refuses the credentials, or is not there', async () => {
    const server = new GrpcServer();
    server.addService(
      {
        Export: {
          path: '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
          requestStream: false,
          responseStream: false,
          requestSerialize: (bytes: Buffer) => bytes,
          requestDeserialize: (bytes: Buffer) => bytes,
          responseSerialize: (bytes: Buffer) => bytes,
          responseDeserialize: (bytes: Buffer) => bytes,
        },
      },
      {
        Export: ((call, done) => {
          if (call.metadata.get('authorization')[0] === 'Bearer right') done(null, Buffer.alloc(0));
          else done({ code: status.UNAUTHENTICATED, details: 'no such key' });
        }) satisfies handleUnaryCall<Buffer, Buffer>,
      },
    );
    const port = await new Promise<number>((resolve, reject) =>
      server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      ),
    );
    stops.push(() => server.forceShutdown());
    const asked = (endpoint: string, token: string) =>
      probe(exporter({ type: 'otlp', endpoint, protocol: 'grpc', token }));

    expect(await asked(`127.0.0.1:${port}`, 'right')).toMatchObject({ outcome: 'ok' });
    expect(await asked(`http://127.0.0.1:${port}`, 'wrong')).toMatchObject({
      outcome: 'failure',
      message: expect.stringContaining('no such key'),
      advice: expect.stringContaining('token'),
    });
    expect(await asked(`127.0.0.1:${await deadPort()}`, 'right')).toMatchObject({
      outcome: 'failure',
      message: expect.stringContaining('nothing listens there'),
    });
  });
});

describe('asking PostgreSQL', () => {
  it('connects, and says what it lacks', async () => {
    const postgres: PostgresServer = await startPostgres();
    stops.push(() => postgres.stop());
    const url = await postgres.newDatabase();
    const asked = (options: object) => probe(exporter({ type: 'postgres', ...options }));
    const wrong = Object.assign(new URL(url), { password: 'wrong' }).href;
    const missing = Object.assign(new URL(url), { pathname: '/nowhere' }).href;

    expect(await asked({ url })).toMatchObject({
      outcome: 'ok',
      message: expect.stringContaining('PostgreSQL'),
    });
    expect(await asked({ url: missing })).toMatchObject({
      outcome: 'failure',
      advice: expect.stringContaining('database'),
    });
    expect(await asked({ host: '127.0.0.1', port: await deadPort() })).toMatchObject({
      outcome: 'failure',
      message: expect.stringContaining('nothing listens there'),
    });
    const refused = await asked({ url: wrong });
    expect(JSON.stringify(refused)).not.toContain('wrong@');
  }, 60_000);
});

describe('asking a file', () => {
  it('says whether it can be written', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'agentops-probe-'));
    stops.push(() => rmSync(directory, { recursive: true, force: true }));
    const file = join(directory, 'spans.jsonl');
    writeFileSync(file, '');
    const asked = (path: string) => probe(exporter({ type: 'file', path }));

    expect(await asked(file)).toMatchObject({ outcome: 'ok' });
    expect(await asked(join(directory, 'new.jsonl'))).toMatchObject({ outcome: 'ok' });
    expect(await asked(directory)).toMatchObject({
      outcome: 'failure',
      message: expect.stringContaining('is no file'),
    });
    expect(await asked(join(directory, 'a', 'b'))).toMatchObject({
      message: expect.stringContaining('does not exist'),
    });
    chmodSync(file, 0o400);
    if (process.getuid?.() !== 0) expect(await asked(file)).toMatchObject({ outcome: 'failure' });
  });
});
