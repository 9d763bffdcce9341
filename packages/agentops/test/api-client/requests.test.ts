import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { context, propagation, type TextMapPropagator } from '@opentelemetry/api';
import { isTracingSuppressed } from '@opentelemetry/core';
import { session, shutdown } from 'agentops';
import { SessionApiClient, type SessionApiClientOptions } from 'agentops/api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { VERSION } from '../../src/version.ts';
import { Authority } from '../support/certificates.ts';
import { runProgram } from '../support/program.ts';
import { RawEndpoint } from '../support/raw-endpoint.ts';
import { startRecording } from '../support/recording.ts';

const HEALTH = JSON.stringify({ service: 'agentops', status: 'ok', version: '9.9.9' });
const SECRET = `ao_${'k'.repeat(16)}`;

let endpoint: RawEndpoint;
const clients: SessionApiClient[] = [];

beforeEach(async () => {
  endpoint = await RawEndpoint.start();
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await shutdown();
  await endpoint.stop();
});

function connect(options: SessionApiClientOptions = {}): SessionApiClient {
  const client = new SessionApiClient({ endpoint: endpoint.url, ...options });
  clients.push(client);
  return client;
}

/** The headers of one request. */
async function sentBy(client: SessionApiClient) {
  endpoint.answer({ body: HEALTH });
  await client.health();
  return endpoint.requests.at(-1)?.headers ?? {};
}

describe('the requests of SessionApiClient (C5)', () => {
  it('say who asks, with which key', async () => {
    expect(await sentBy(connect({ apiKey: SECRET, headers: { 'x-tenant': 't1' } }))).toMatchObject({
      accept: 'application/json',
      authorization: `Bearer ${SECRET}`,
      'agentops-sdk-name': 'agentops',
      'agentops-sdk-version': VERSION,
      'user-agent': `agentops-js/${VERSION} node/${process.versions.node}`,
      'x-tenant': 't1',
    });
    expect(endpoint.requests[0]).toMatchObject({ method: 'GET', path: '/healthz' });
  });

  it('carry the trace context and the session they are made in', async () => {
    startRecording();
    await session('report', async (run) => {
      const headers = await sentBy(connect());
      expect(headers['agentops-session-id']).toBe(run.id);
      expect(headers.traceparent).toMatch(new RegExp(`^00-${run.traceId}-[0-9a-f]{16}-01$`));
    });
    const outside = await sentBy(connect());
    expect(outside).not.toHaveProperty('agentops-session-id');
  });

  it('carry it in the formats that are configured', async () => {
    startRecording({ context: { propagation: ['b3'] } });
    await session('report', async (run) => {
      const headers = await sentBy(connect());
      expect(headers.b3).toContain(run.traceId);
      expect(headers).not.toHaveProperty('traceparent');
    });
  });

  it.each([
    { hosts: ['127.0.0.1'], isSent: true },
    { hosts: ['other.example.com'], isSent: false },
    { hosts: [], isSent: false },
  ])('carry baggage where $hosts may have it: $isSent', async ({ hosts, isSent }) => {
    startRecording({ context: { baggage: { hosts } } });
    await session('report', async (run) => {
      const { baggage } = await sentBy(connect());
      expect(baggage).toBe(isSent ? `agentops.session.id=${run.id}` : undefined);
    });
  });

  it('make no spans, whoever instruments HTTP', async () => {
    const suppressed: boolean[] = [];
    const seen = (): void => void suppressed.push(isTracingSuppressed(context.active()));
    const { spans } = startRecording();
    subscribe('http.client.request.start', seen);
    await session('report', () => sentBy(connect()));
    unsubscribe('http.client.request.start', seen);

    expect(suppressed).toEqual([true]);
    expect((await spans()).map(({ name }) => name)).toEqual(['report']);
  });

  it('go out without a trace context where there is no OpenTelemetry, or it fails', async () => {
    expect(await sentBy(connect())).not.toHaveProperty('traceparent');
    const broken: TextMapPropagator = {
      inject: () => {
        throw new Error('broken');
      },
      extract: (from) => from,
      fields: () => [],
    };
    startRecording({ context: { propagator: broken } });
    await session('report', async (run) => {
      expect(await sentBy(connect())).toMatchObject({ 'agentops-session-id': run.id });
    });
    expect(propagation.fields()).toEqual([]);
  });

  it('go to the backend wherever it lies, ids and parameters encoded', async () => {
    const client = connect({ endpoint: `${endpoint.url}/agentops/v1/traces` });
    endpoint.answer(
      { body: JSON.stringify({ sessions: [] }) },
      { body: JSON.stringify({ span_id: 'b' }) },
      { body: JSON.stringify({ points: [] }) },
    );
    await client.sessions({ q: 'a&b=c', errors: false, tag: undefined, limit: 10 });
    await client.span('a/../b?', 'c d');
    await client.stats({ by: 'model' });

    expect(endpoint.requests.map(({ path }) => path)).toEqual([
      '/agentops/api/sessions?q=a%26b%3Dc&errors=false&limit=10',
      '/agentops/api/sessions/a%2F..%2Fb%3F/spans/c%20d',
      '/agentops/api/stats?by=model',
    ]);
  });

  it.each(['', '.', '..'])('are not made for the id %j', async (id) => {
    await expect(connect().session(id)).rejects.toMatchObject({ code: 'invalid_argument' });
    expect(endpoint.requests).toHaveLength(0);
  });

  it('share a connection, which keeps no process alive', async () => {
    const client = connect();
    await sentBy(client);
    await sentBy(client);
    expect(endpoint.requests.map(({ connection }) => connection)).toEqual([1, 1]);

    endpoint.answer({ body: HEALTH });
    expect(await runProgram('asking.ts', [endpoint.url])).toMatchObject({ code: 0, stdout: '9.9.9' });
  });

  it('trust the authority they are told to', async () => {
    const authority = new Authority('the test authority');
    const secure = await RawEndpoint.start(authority.issue('backend', ['127.0.0.1']));
    secure.answer({ body: HEALTH });
    const trusting = connect({ endpoint: secure.url, apiKey: SECRET, tls: { ca: authority.cert } });
    expect(await trusting.health()).toMatchObject({ version: '9.9.9' });

    const other = connect({ endpoint: secure.url, apiKey: SECRET, retry: { attempts: 1 } });
    await expect(other.health()).rejects.toMatchObject({
      code: 'api_unreachable',
      message: expect.stringContaining('tls.ca') as string,
    });
    await secure.stop();
  });
});

describe('the options of SessionApiClient', () => {
  it('send no credentials in plain text over a network, unless told to', () => {
    const open = 'http://backend.example.com';
    for (const secret of [{ apiKey: SECRET }, { headers: { 'x-token': SECRET } }]) {
      expect(() => connect({ endpoint: open, ...secret })).toThrow(
        /credentials would travel in plain text to backend\.example\.com; use https:\/\/, or set insecure: true/,
      );
    }
    connect({ endpoint: open, apiKey: SECRET, insecure: true });
    connect({ endpoint: open });
    connect({ endpoint: 'https://backend.example.com', apiKey: SECRET });
    connect({ endpoint: 'http://[::1]:4600', apiKey: SECRET });
  });

  it.each<[SessionApiClientOptions, RegExp]>([
    [{ endpoint: 'backend:4317' }, /^endpoint = "backend:4317": expected an http:\/\/ or https:\/\/ URL$/],
    [{ timeout: 0 }, /^timeout = 0: expected a number from 1 to 2147483647$/],
    [{ deadline: Number.NaN }, /^deadline = NaN/],
    [{ retry: { attempts: 0 } }, /^retry\.attempts = 0/],
    [{ apiKey: 'line\nbreak' }, /^apiKey: it has characters that no header may have$/],
  ])('%o are refused', (options, message) => {
    expect(() => connect(options)).toThrow(
      expect.objectContaining({
        code: 'invalid_config',
        message: expect.stringMatching(message) as string,
      }) as Error,
    );
  });
});
