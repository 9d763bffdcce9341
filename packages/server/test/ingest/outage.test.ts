import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { administer } from '../../../postgres/test/postgres-server.ts';
import { startServer } from '../../src/index.ts';
import type { RunningServer } from '../../src/server.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { apiOf, postOtlp } from '../support/requests.ts';
import { QUIET } from '../support/servers.ts';
import { encodeTraces, recordSpans, sessionIdOf } from '../support/traces.ts';

describe('a PostgreSQL that goes away and comes back (D3, D5)', () => {
  let postgres: TestPostgres;
  let server: RunningServer;

  beforeAll(async () => {
    postgres = await startPostgres();
    server = await startServer({ ...QUIET, databaseUrl: postgres.url });
  });
  afterAll(async () => {
    await server.close();
    await postgres.remove();
  });

  it('answers 503 until the same request is stored, once', async () => {
    const { secret } = await server.store.keys.create('acme', 'test');
    const headers = { authorization: `Bearer ${secret}` };
    const [span] = recordSpans(1);
    const body = encodeTraces([span!]);
    expect((await postOtlp(server, encodeTraces(recordSpans(1)), headers)).status).toBe(200);

    await postgres.stop();
    for (const credential of [headers, {}] as Record<string, string>[]) {
      const refused = await postOtlp(server, body, credential);
      expect(refused.status).toBe(503);
      expect(refused.headers.get('retry-after')).toBe('1');
    }
    const api = apiOf(server, { apiKey: secret });
    await expect(api.sessions()).rejects.toMatchObject({ status: 503, reason: 'unavailable' });
    await expect(api.ready()).rejects.toMatchObject({ status: 503 });
    await api.health();

    await postgres.start();
    expect((await postOtlp(server, body, headers)).status).toBe(200);
    expect((await postOtlp(server, body, headers)).status).toBe(200);
    expect((await api.spans(sessionIdOf(span!))).total).toBe(1);
    await api.ready();
  });

  it('answers 503 while somebody has to mend the database, and loses nothing by that', async () => {
    const { secret } = await server.store.keys.create('acme', 'test');
    const headers = { authorization: `Bearer ${secret}` };
    const [span] = recordSpans(1);
    const body = encodeTraces([span!]);

    await administer(postgres.url, 'ALTER TABLE agentops.spans RENAME TO spans_elsewhere');
    const refused = await postOtlp(server, body, headers);
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toBe('1');
    const api = apiOf(server, { apiKey: secret });

    await administer(postgres.url, 'ALTER TABLE agentops.spans_elsewhere RENAME TO spans');
    expect((await postOtlp(server, body, headers)).status).toBe(200);
    expect((await api.spans(sessionIdOf(span!))).total).toBe(1);
  });
});
