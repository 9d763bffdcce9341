import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServerCredentials } from '@grpc/grpc-js';
import type { SpanExporter } from '@opentelemetry/sdk-trace';
import {
  type AgentOpsError,
  type ExporterOption,
  init,
  OtlpSpanExporter,
  SessionExporter,
  shutdown,
  startSession,
  type TlsOptions,
} from 'agentops';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Authority } from '../../support/certificates.ts';
import { GrpcEndpoint } from '../../support/grpc-endpoint.ts';
import { accountOf } from '../../support/invariant.ts';
import { RawEndpoint } from '../../support/raw-endpoint.ts';

const authority = new Authority('Test Authority');
const server = authority.issue('server', ['127.0.0.1', 'localhost']);
const elsewhere = authority.issue('elsewhere', ['collector.example.com']);
const client = authority.issue('client-7');
const stranger = new Authority('Stranger').issue('client-8');

let directory: string;
let errors: AgentOpsError[] = [];

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'agentops-tls-'));
});
afterAll(() => rmSync(directory, { recursive: true }));
afterEach(() => shutdown());

/** The text as a file, its path. */
function file(name: string, text: string): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
}

/** What became of one span, and what was reported. */
async function send(exporter: Exclude<ExporterOption, SpanExporter>) {
  errors = [];
  const client = init({
    exporters: [exporter],
    spool: false,
    logs: { level: 'silent' },
    retry: { attempts: 1 },
    onError: (error) => errors.push(error),
  });
  startSession().end();
  await client.flush();
  const { delivered } = accountOf(client, exporter.type);
  await shutdown();
  return { delivered, message: errors[0]?.message ?? '' };
}

describe.each(['agentops', 'otlp', 'jaeger', 'zipkin'] as const)(
  'TLS of an exporter of type %s (T12)',
  (type) => {
    it('trusts the authority it is given, by path or as text', async () => {
      const endpoint = await RawEndpoint.start(server);
      const { url } = endpoint;
      expect(await send({ type, endpoint: url, tls: { ca: authority.cert } })).toMatchObject({
        delivered: 1,
      });
      const ca = file('ca.pem', authority.cert);
      expect(await send({ type, endpoint: url, tls: { ca }, compression: 'gzip' })).toMatchObject({
        delivered: 1,
      });
      expect(endpoint.requests).toHaveLength(2);
      await endpoint.stop();
    });

    it('trusts nobody else', async () => {
      const endpoint = await RawEndpoint.start(server);
      const { delivered, message } = await send({ type, endpoint: endpoint.url });
      expect(delivered).toBe(0);
      expect(message).toMatch(/cannot reach https:.*set tls.ca to the authority/);
      expect(endpoint.requests).toEqual([]);
      await endpoint.stop();
    });

    it('shows the certificate of the client', async () => {
      const endpoint = await RawEndpoint.start({
        ...server,
        ca: authority.cert,
        requestCert: true,
        rejectUnauthorized: true,
      });
      const tls = { ca: authority.cert, ...client };
      expect(await send({ type, endpoint: endpoint.url, tls })).toMatchObject({ delivered: 1 });
      expect(endpoint.requests[0]?.client).toBe('client-7');

      const refused = await send({ type, endpoint: endpoint.url, tls: { ca: authority.cert } });
      expect(refused).toMatchObject({
        delivered: 0,
        message: expect.stringContaining('cannot reach https:'),
      });
      await endpoint.stop();
    });
  },
);

describe('TLS (T12)', () => {
  it('checks the name of the server, or the name that is said', async () => {
    const endpoint = await RawEndpoint.start(elsewhere);
    const { url } = endpoint;
    const ca = authority.cert;
    expect(await send({ type: 'otlp', endpoint: url, tls: { ca } })).toMatchObject({
      delivered: 0,
      message: expect.stringContaining('set tls.serverName'),
    });
    const tls = { ca, serverName: 'collector.example.com' };
    expect(await send({ type: 'otlp', endpoint: url, tls })).toMatchObject({ delivered: 1 });
    await endpoint.stop();
  });

  it('is 1.2 at least', async () => {
    const endpoint = await RawEndpoint.start({
      ...server,
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.1',
      ciphers: 'DEFAULT@SECLEVEL=0',
    });
    const sent = await send({ type: 'otlp', endpoint: endpoint.url, tls: { ca: authority.cert } });
    expect(sent.delivered).toBe(0);
    await endpoint.stop();
  });

  it('says that a server speaks none', async () => {
    const endpoint = await RawEndpoint.start();
    const sent = await send({ type: 'otlp', endpoint: `https://${endpoint.host}` });
    expect(sent).toMatchObject({ delivered: 0, message: expect.stringMatching(/is it an https endpoint\?/) });
    await endpoint.stop();
  });
});

describe('TLS over gRPC (T12)', () => {
  it('authenticates both sides', async () => {
    const pair = { private_key: Buffer.from(server.key), cert_chain: Buffer.from(server.cert) };
    const credentials = ServerCredentials.createSsl(Buffer.from(authority.cert), [pair], true);
    const endpoint = await GrpcEndpoint.start(credentials);
    const exporter = { type: 'otlp', endpoint: endpoint.host } as const;
    const ca = authority.cert;

    expect(await send({ ...exporter, tls: { ca, ...client } })).toMatchObject({ delivered: 1 });
    expect(await send({ ...exporter, tls: { ca, ...stranger } })).toMatchObject({ delivered: 0 });
    expect(await send({ ...exporter, tls: { ca } })).toMatchObject({ delivered: 0 });
    const untrusted = await send({ ...exporter, tls: { ...client } });
    expect(untrusted.message).toMatch(/cannot reach 127\.0\.0\.1:\d+: .*set tls.ca to the authority/);
    expect(endpoint.received).toHaveLength(1);
    endpoint.stop();
  });
});

describe('options of TLS that cannot be used', () => {
  const broken = 'no PEM at all';
  const cases: [string, () => TlsOptions, RegExp][] = [
    ['a missing file', () => ({ ca: join(directory, 'none.pem') }), /tls\.ca = ".*none\.pem": ENOENT/],
    ['a file that is no PEM', () => ({ ca: file('text.pem', broken) }), /tls\.ca = ".*text\.pem": .*no PEM/],
    ['a certificate without its key', () => ({ cert: client.cert }), /cert and key belong together/],
    [
      'the key of another',
      () => ({ cert: client.cert, key: server.key }),
      /tls: .*cannot be used: .*mismatch/,
    ],
    [
      'a key without its first line',
      () => ({ ...client, key: client.key.slice(30) }),
      /tls\.key = \(hidden\)/,
    ],
  ];

  it.each(cases)('are refused at the start: %s', (_kind, tls, message) => {
    const options = { endpoint: 'https://127.0.0.1:1', tls: tls() };
    for (const make of [() => new SessionExporter(options), () => new OtlpSpanExporter(options)]) {
      expect(make).toThrow(
        expect.objectContaining({ code: 'invalid_config', message: expect.stringMatching(message) }),
      );
    }
  });
});
