import type { SpanStore } from '@agentops/postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningServer } from '../../src/server.ts';
import { apiOf, postOtlp, readError, send } from '../support/requests.ts';
import { serve } from '../support/servers.ts';
import { lent, storeInMemory } from '../support/stores.ts';
import { encodeTraces, recordSpans, sessionIdOf } from '../support/traces.ts';

describe('access on a loopback address (D5)', () => {
  let server: RunningServer;
  let acme: string;
  let keyId: string;

  beforeAll(async () => {
    const store = await storeInMemory();
    const created = await store.keys.create('acme', 'test');
    acme = created.secret;
    keyId = created.key.id;
    server = await serve(store);
  });
  afterAll(() => server.close());

  const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
  const sessionIds = async (headers: Record<string, string> = {}) => {
    await server.store.settle();
    const { sessions } = await apiOf(server, { headers }).sessions();
    return sessions.map((session) => session.session_id);
  };

  it('takes a request without a key as the default project', async () => {
    const [span] = recordSpans(1);
    expect((await postOtlp(server, encodeTraces([span!]))).status).toBe(200);
    expect(await sessionIds()).toEqual([sessionIdOf(span!)]);
  });

  it('takes the project from the key, and shows a project nothing of another', async () => {
    const [span] = recordSpans(1);
    expect((await postOtlp(server, encodeTraces([span!]), bearer(acme))).status).toBe(200);
    const id = sessionIdOf(span!);
    expect(await sessionIds(bearer(acme))).toEqual([id]);
    expect(await sessionIds({ 'x-agentops-api-key': acme })).toEqual([id]);
    expect(await sessionIds()).not.toContain(id);
    await expect(apiOf(server).session(id)).rejects.toMatchObject({ status: 404, reason: 'not_found' });
    await expect(apiOf(server).spans(id)).rejects.toMatchObject({ status: 404, reason: 'not_found' });
  });

  const credentials: [string, Record<string, string>][] = [
    ['a wrong bearer key', { authorization: 'Bearer wrong' }],
    ['a wrong x-agentops-api-key', { 'x-agentops-api-key': 'wrong' }],
    ['another scheme', { authorization: 'Basic dXNlcjpwYXNz' }],
  ];
  it.each(credentials)('answers 401 to %s, and says what to do', async (_what, headers) => {
    const response = await fetch(`${server.url}/api/sessions`, { headers });
    expect(response.headers.get('www-authenticate')).toBe('Bearer');
    expect(await readError(response)).toMatchObject({
      status: 401,
      code: 'unauthorized',
      message: expect.stringContaining('agentops keys create') as string,
    });
  });

  it('tells an unknown key and a revoked one apart to nobody', async () => {
    const unknown = await readError(
      await fetch(`${server.url}/api/sessions`, { headers: bearer('unknown') }),
    );
    expect(await server.store.keys.revoke(keyId)).toBe(true);
    const revoked = await readError(await fetch(`${server.url}/api/sessions`, { headers: bearer(acme) }));
    expect(revoked).toEqual(unknown);
    expect(revoked.status).toBe(401);
  });

  it.each(['/', '/healthz', '/readyz', '/api/sessions', '/nowhere'])(
    'refuses a foreign Host at %s, as DNS rebinding would send it',
    async (path) => {
      const { status, body } = await send(`${server.url}${path}`, { headers: { host: 'evil.test' } });
      expect(status).toBe(403);
      expect(JSON.parse(body.toString())).toMatchObject({ error: { code: 'foreign_host' } });
    },
  );

  it('refuses spans that a page of another origin posts, and stores none', async () => {
    const [span] = recordSpans(1);
    const response = await postOtlp(server, encodeTraces([span!]), { origin: 'http://evil.test' });
    expect(response.status).toBe(403);
    expect(await sessionIds()).not.toContain(sessionIdOf(span!));
  });

  it('serves the page of its own origin', async () => {
    const { status } = await send(`${server.url}/api/sessions`, { headers: { origin: server.url } });
    expect(status).toBe(200);
  });
});

describe('access on an address other machines can reach (D5)', () => {
  let store: SpanStore;
  beforeAll(async () => {
    store = await storeInMemory();
  });
  afterAll(() => store.close());

  it('is refused at start while no key exists or every key is revoked', async () => {
    const refused = {
      code: 'keys_required',
      message: expect.stringContaining('agentops keys create') as string,
    };
    await expect(serve(store, { host: '0.0.0.0' })).rejects.toMatchObject(refused);
    const { key } = await store.keys.create('acme', 'old');
    await store.keys.revoke(key.id);
    await expect(serve(store, { host: '0.0.0.0' })).rejects.toMatchObject(refused);
  });

  it('says what a host has to be when it is none of this machine', async () => {
    await store.keys.create('acme', 'any');
    // Reserved for documentation: no machine has it.
    await expect(serve(lent(store), { host: '192.0.2.1' })).rejects.toMatchObject({
      code: 'address_unavailable',
      message: expect.stringMatching(/192\.0\.2\.1.*must be an address of this machine/) as string,
    });
  });

  it('needs a key for everything but the dashboard and /healthz', async () => {
    const { secret } = await store.keys.create('acme', 'test');
    const server = await serve(lent(store), { host: '0.0.0.0' });
    const statusOf = async (path: string, headers: Record<string, string> = {}) =>
      (await send(`${server.url}${path}`, { headers })).status;

    expect(await statusOf('/api/sessions')).toBe(401);
    expect(await statusOf('/readyz')).toBe(401);
    expect((await postOtlp(server, encodeTraces(recordSpans(1)))).status).toBe(401);
    expect(await statusOf('/healthz', { host: 'agentops.example.com' })).toBe(200);
    expect(await statusOf('/', { host: 'agentops.example.com' })).not.toBe(401);
    expect(
      await statusOf('/api/sessions', { authorization: `Bearer ${secret}`, host: 'agentops.example.com' }),
    ).toBe(200);
    await server.close();
  });
});
