import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeTraces } from '@agentops/otlp';
import { ServerCredentials } from '@grpc/grpc-js';
import type { ExporterOption } from 'agentops';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Authority } from '../../support/certificates.ts';
import { GrpcEndpoint } from '../../support/grpc-endpoint.ts';
import { type Exit, runProgram } from '../../support/program.ts';
import { RawEndpoint } from '../../support/raw-endpoint.ts';

const authority = new Authority('Test Authority');
const server = authority.issue('server', ['127.0.0.1']);
const PROTOBUF = 'application/x-protobuf';
const NAMES = ['execute_tool search', 'run'];

let files: string;
let spool: string;
let tls: { ca: string; cert: string; key: string };
let secure: RawEndpoint;
let plain: RawEndpoint;
let grpc: GrpcEndpoint;
let secureGrpc: GrpcEndpoint;

beforeAll(() => {
  files = mkdtempSync(join(tmpdir(), 'agentops-pem-'));
  const client = authority.issue('client-7');
  const save = (name: string, text: string): string => {
    writeFileSync(join(files, name), text);
    return join(files, name);
  };
  tls = { ca: save('ca', authority.cert), cert: save('cert', client.cert), key: save('key', client.key) };
});

afterAll(() => rmSync(files, { recursive: true }));

beforeEach(async () => {
  spool = mkdtempSync(join(tmpdir(), 'agentops-exit-'));
  plain = await RawEndpoint.start();
  secure = await RawEndpoint.start({ ...server, ca: authority.cert, requestCert: true });
  grpc = await GrpcEndpoint.start();
  const pair = { private_key: Buffer.from(server.key), cert_chain: Buffer.from(server.cert) };
  secureGrpc = await GrpcEndpoint.start(
    ServerCredentials.createSsl(Buffer.from(authority.cert), [pair], true),
  );
});

afterEach(async () => {
  await Promise.all([plain.stop(), secure.stop()]);
  grpc.stop();
  secureGrpc.stop();
  rmSync(spool, { recursive: true });
});

const run = (exporters: readonly ExporterOption[], ending: 'exit' | 'return'): Promise<Exit> =>
  runProgram('exporting.ts', [JSON.stringify(exporters), ending], { env: { AGENTOPS_SPOOL_DIR: spool } });

describe('process.exit() (T5, T12)', () => {
  it('delivers over HTTP, HTTPS with certificates of both sides, and Zipkin’s JSON', async () => {
    const exporters: ExporterOption[] = [
      { type: 'otlp', endpoint: plain.url, protocol: 'http/json', compression: 'gzip' },
      { type: 'otlp', endpoint: secure.url, tls, compression: 'gzip' },
      { type: 'zipkin', endpoint: plain.url },
    ];
    // On a busy machine half a second may not be enough for a single attempt.
    const arrived = (): boolean => plain.requests.length >= 2 && secure.requests.length >= 1;
    for (let attempt = 0; attempt < 5 && !arrived(); attempt += 1) {
      expect(await run(exporters, 'exit')).toEqual({ code: 3, signal: null, stdout: '', stderr: '' });
    }
    const namesOf = (body: Buffer | undefined, type: 'application/json' | typeof PROTOBUF) =>
      decodeTraces(body ?? Buffer.of(), type).rows.map(({ operation_name }) => operation_name);

    const otlp = plain.requests.find(({ path }) => path === '/v1/traces');
    expect(namesOf(otlp?.body, 'application/json')).toEqual(NAMES);
    const zipkin = plain.requests.find(({ path }) => path === '/api/v2/spans');
    expect(JSON.parse(String(zipkin?.body)).map(({ name }: { name: string }) => name)).toEqual(NAMES);
    expect(namesOf(secure.requests[0]?.body, PROTOBUF)).toEqual(NAMES);
    expect(secure.requests[0]?.client).toBe('client-7');
  });

  it('delivers over gRPC, in the clear and with certificates of both sides', async () => {
    const exporters: ExporterOption[] = [
      { type: 'otlp', endpoint: grpc.host, compression: 'gzip' },
      { type: 'otlp', endpoint: secureGrpc.host, tls },
    ];
    const arrived = (): boolean => grpc.names.length >= 2 && secureGrpc.names.length >= 2;
    for (let attempt = 0; attempt < 5 && !arrived(); attempt += 1) {
      expect(await run(exporters, 'exit')).toEqual({ code: 3, signal: null, stdout: '', stderr: '' });
    }

    expect(grpc.names.slice(0, 2)).toEqual(NAMES);
    expect(secureGrpc.names.slice(0, 2)).toEqual(NAMES);
  });

  it('leaves what cannot be delivered in half a second to the next process, for every kind of exporter', async () => {
    const held = Promise.withResolvers<object>();
    plain.answer(held.promise, held.promise);
    grpc.answer(held.promise);
    const exporters: ExporterOption[] = [
      { type: 'otlp', endpoint: plain.url },
      { type: 'zipkin', endpoint: plain.url },
      { type: 'jaeger', endpoint: grpc.host },
      { type: 'postgres', url: 'postgres://127.0.0.1:1/none' },
    ];
    expect(await run(exporters, 'exit')).toEqual({ code: 3, signal: null, stdout: '', stderr: '' });
    held.resolve({});

    const kept = readdirSync(join(spool, 'agentops')).map((name) => name.split(',')[0]);
    expect(kept.toSorted()).toEqual(['jaeger', 'otlp', 'postgres', 'zipkin']);
    // The destinations get theirs from the next process, each in its own encoding.
    const before = { plain: plain.requests.length, grpc: grpc.names.length };
    expect(await run(exporters.slice(0, 3), 'return')).toMatchObject({ code: 0 });
    expect(await run(exporters.slice(0, 3), 'return')).toMatchObject({ code: 0 });
    const names = grpc.names.slice(before.grpc);
    expect(names.filter((name) => name === 'run').length).toBeGreaterThanOrEqual(3);
    const paths = plain.requests.slice(before.plain).map(({ path }) => path);
    expect(paths.filter((path) => path === '/api/v2/spans').length).toBeGreaterThanOrEqual(3);
  });
});

describe('the end of a program (T5)', () => {
  it.each(['http', 'https', 'grpc'] as const)('is not put off by kept connections over %s', async (kind) => {
    const endpoint = { http: plain.url, https: secure.url, grpc: grpc.host }[kind];
    const exit = await run([{ type: 'otlp', endpoint, ...(kind === 'https' && { tls }) }], 'return');

    expect(exit).toEqual({ code: 0, signal: null, stdout: '', stderr: '' });
    expect(kind === 'grpc' ? grpc.names : { http: plain, https: secure }[kind].requests).not.toEqual([]);
  });
});
