import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import {
  AgentOpsApiError,
  AgentOpsError,
  SessionApiClient,
  type SessionApiClientOptions,
} from 'agentops/api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Answer } from '../support/otlp-endpoint.ts';
import { RawEndpoint } from '../support/raw-endpoint.ts';

/** Enough for every test, and no wait between attempts that anybody would notice. */
const RETRY = { attempts: 3, initial: 1, max: 2 };
const GOOD: Answer = { body: JSON.stringify({ sessions: [], total: 0 }) };
const BUSY: Answer = {
  status: 503,
  body: JSON.stringify({ error: { code: 'unavailable', message: 'The database cannot be reached.' } }),
};

let endpoint: RawEndpoint;
let client: SessionApiClient;

beforeEach(async () => {
  endpoint = await RawEndpoint.start();
  client = connect();
});

afterEach(async () => {
  client.close();
  await endpoint.stop();
});

function connect(options: SessionApiClientOptions = {}): SessionApiClient {
  return new SessionApiClient({ endpoint: endpoint.url, retry: RETRY, ...options });
}

/** What the call was rejected with. */
async function failureOf(call: Promise<unknown>): Promise<AgentOpsApiError> {
  const error: unknown = await call.then(() => undefined).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(AgentOpsApiError);
  expect(error).toBeInstanceOf(AgentOpsError);
  return error as AgentOpsApiError;
}

describe('SessionApiClient tries again (C5)', () => {
  it.each<[string, Answer]>([
    ['429', { status: 429 }],
    ['502', { status: 502 }],
    ['503', BUSY],
    ['504 of a proxy', { status: 504, body: '<html>Gateway Timeout</html>' }],
    ['a connection that is reset', { reset: true }],
  ])('after %s', async (_what, answer) => {
    endpoint.answer(answer, answer, GOOD);
    expect(await client.sessions()).toEqual({ sessions: [], total: 0 });
    expect(endpoint.requests).toHaveLength(3);
  });

  it('where nothing listens yet', async () => {
    const { host } = endpoint;
    const waiting = connect({ retry: { attempts: 100, initial: 20, max: 20 } });
    await endpoint.stop();
    const answer = waiting.health();
    const late = createServer((socket) => {
      const health = JSON.stringify({ service: 'agentops', status: 'ok', version: '1.0.0' });
      socket
        .resume()
        .end(`HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: ${health.length}\r\n\r\n${health}`);
    }).listen(Number(host.split(':')[1]), '127.0.0.1');
    expect(await answer).toMatchObject({ version: '1.0.0' });
    waiting.close();
    await closed(late);
    endpoint = await RawEndpoint.start();
  });

  it('where an answer breaks off', async () => {
    let connections = 0;
    const server = createServer((socket) => {
      connections += 1;
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"sessions":['));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as import('node:net').AddressInfo;
    const broken = connect({ endpoint: `http://127.0.0.1:${port}` });
    expect((await failureOf(broken.sessions())).code).toBe('api_unreachable');
    expect(connections).toBe(3);
    await closed(server);
  });

  it('where an attempt takes too long', async () => {
    endpoint.answer(new Promise<Answer>(() => {}), GOOD);
    const hasty = connect({ timeout: 50 });
    expect(await hasty.sessions()).toMatchObject({ total: 0 });
    expect(endpoint.requests).toHaveLength(2);
    hasty.close();
  });

  it('not before Retry-After', async () => {
    endpoint.answer({ ...BUSY, headers: { 'retry-after': '1' } }, GOOD);
    const asked = performance.now();
    await client.sessions();
    expect(performance.now() - asked).toBeGreaterThan(990);
  });

  it('not where Retry-After goes beyond the deadline', async () => {
    endpoint.answer({ ...BUSY, headers: { 'retry-after': '31' } }, GOOD);
    expect(await failureOf(client.sessions())).toMatchObject({ status: 503, reason: 'unavailable' });
    expect(endpoint.requests).toHaveLength(1);
  });

  it('until its attempts are used up', async () => {
    endpoint.answer(BUSY, BUSY, BUSY, GOOD);
    expect(await failureOf(client.sessions())).toMatchObject({
      name: 'AgentOpsApiError',
      code: 'api_refused',
      status: 503,
      reason: 'unavailable',
      url: `${endpoint.url}/api/sessions`,
      message: `GET ${endpoint.url}/api/sessions answered 503: The database cannot be reached.`,
    });
    expect(endpoint.requests).toHaveLength(3);
  });

  it('until its deadline', async () => {
    endpoint.answer(...Array.from({ length: 9 }, () => new Promise<Answer>(() => {})));
    const hasty = connect({ timeout: 60, deadline: 100, retry: { attempts: 9, initial: 1 } });
    expect((await failureOf(hasty.sessions())).message).toContain('timed out');
    expect(endpoint.requests.length).toBeLessThanOrEqual(2);
    hasty.close();
  });

  it.each<[string, Answer]>([
    ['what it asks wrongly', { status: 400 }],
    ['a refused key', { status: 401 }],
    ['what is not there', { status: 404 }],
    ['a fault of the backend’s', { status: 500 }],
    ['a query that takes too long', refusal(504, 'query_timeout', 'The query was stopped')],
    ['what is no document', { body: 'hello' }],
  ])('not for %s', async (_what, answer) => {
    endpoint.answer(answer, GOOD);
    await failureOf(client.sessions());
    expect(endpoint.requests).toHaveLength(1);
  });
});

describe('what SessionApiClient says when it fails (C5)', () => {
  it.each<[string, Answer, object]>([
    [
      'the backend’s words',
      refusal(404, 'not_found', 'There is no session nope in this project.'),
      {
        code: 'api_refused',
        status: 404,
        reason: 'not_found',
        message: /answered 404: There is no session nope/,
      },
    ],
    [
      'what to do about a key, whoever refused it',
      { status: 401, body: 'no' },
      { code: 'api_refused', status: 401, reason: undefined, message: /answered 401: .*set apiKey/ },
    ],
    [
      'where it was redirected to',
      { status: 308, headers: { location: 'https://other.example.com/' } },
      { status: 308, message: /redirects to https:\/\/other\.example\.com\/; make that the endpoint/ },
    ],
    [
      'what another server said',
      { status: 404, body: '<h1>Not Found</h1>' },
      { status: 404, message: /is it an AgentOps backend\? It said "<h1>Not Found<\/h1>"/ },
    ],
    [
      'that a page is no document',
      { body: `<html>${'x'.repeat(1000)}` },
      {
        code: 'api_invalid_answer',
        status: 200,
        message: /answered "<html>x+…", which is no JSON; is it an AgentOps backend\?/,
      },
    ],
    [
      'that other JSON is no document',
      { body: '[1, 2]' },
      { code: 'api_invalid_answer', message: /answered "\[1, 2\]", which is no document of this API/ },
    ],
  ])('%s', async (_what, answer, { message, ...expected }: { message?: RegExp }) => {
    endpoint.answer(answer);
    const failure = await failureOf(client.sessions());
    expect(failure).toMatchObject(expected);
    expect(failure.message).toMatch(message ?? /^$/);
  });

  it('that nobody answers, and at which address, without what stands in it', async () => {
    const { host } = endpoint;
    const away = connect({ endpoint: `http://user:pass@${host}/?key=hidden`, retry: { attempts: 1 } });
    await endpoint.stop();
    const failure = await failureOf(away.sessions({ user: 'ada' }));
    expect(failure).toMatchObject({
      code: 'api_unreachable',
      status: undefined,
      url: `http://${host}/api/sessions`,
      cause: { code: 'ECONNREFUSED' },
    });
    expect(failure.message).toMatch(
      /^cannot reach http:\/\/127\.0\.0\.1:\d+: connect ECONNREFUSED .+running/,
    );
    endpoint = await RawEndpoint.start();
  });
});

describe('a call of SessionApiClient is ended', () => {
  it('by its signal, whatever it is at, with the signal’s reason', async () => {
    const reason = new Error('no longer wanted');
    await expect(client.sessions({}, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(endpoint.requests).toHaveLength(0);

    const asking = new AbortController();
    endpoint.answer(new Promise<Answer>(() => {}));
    const asked = client.sessions({}, { signal: asking.signal });
    await expect.poll(() => endpoint.requests.length).toBe(1);
    asking.abort(reason);
    await expect(asked).rejects.toBe(reason);

    const patient = connect({ retry: { attempts: 2, initial: 20_000, max: 20_000 } });
    const waiting = new AbortController();
    endpoint.answer(BUSY);
    const call = patient.sessions({}, { signal: waiting.signal });
    await expect.poll(() => endpoint.requests.length).toBe(2);
    waiting.abort(reason);
    await expect(call).rejects.toBe(reason);
    patient.close();
  });

  it('by close, and so is every later one', async () => {
    endpoint.answer(new Promise<Answer>(() => {}), GOOD);
    const call = failureOf(client.sessions());
    await expect.poll(() => endpoint.requests.length).toBe(1);
    client.close();
    expect((await call).message).toContain('the client was closed');
    expect((await failureOf(client.health())).message).toContain('the client was closed');
    expect(endpoint.requests).toHaveLength(1);
  });
});

describe('everySession', () => {
  it('fetches page after page, as they are needed', async () => {
    const page = (ids: string[], next: string | null): Answer => ({
      body: JSON.stringify({ sessions: ids.map((session_id) => ({ session_id })), next_cursor: next }),
    });
    endpoint.answer(page(['a', 'b'], 'one'), page([], 'two'), page(['c'], null));
    const ids: string[] = [];
    for await (const { session_id } of client.everySession({ tag: 'beta' })) ids.push(session_id);
    expect(ids).toEqual(['a', 'b', 'c']);
    const paths = ['', '&cursor=one', '&cursor=two'].map((rest) => `/api/sessions?tag=beta&limit=200${rest}`);
    expect(endpoint.requests.map(({ path }) => path)).toEqual(paths);

    endpoint.answer(page(['a', 'b'], 'one'));
    for await (const _first of client.everySession()) break;
    expect(endpoint.requests).toHaveLength(4);
  });
});

function refusal(status: number, code: string, message: string): Answer {
  return { status, body: JSON.stringify({ error: { code, message } }) };
}

async function closed(server: Server): Promise<void> {
  server.close();
  await once(server, 'close');
}
