import { startServer } from '@agentops/server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { citusAt } from '../../postgres/test/citus-server.ts';
import { agentops } from './agentops-process.ts';

const { TEST_CITUS_URL: url = '' } = process.env;

describe.runIf(url !== '')('agentops db on a Citus cluster, named by TEST_CITUS_URL (D2)', () => {
  const cluster = citusAt(url);
  let databaseUrl: string;
  const db = (...args: string[]) => agentops('db', ...args, '--database-url', databaseUrl);

  beforeAll(async () => {
    databaseUrl = await cluster.newDatabase();
  });
  afterAll(() => cluster.stop(), 300_000);

  it('distributes, says so, and says how it lies', async () => {
    await db('migrate');
    expect((await db('status')).stdout).toMatch(/Citus +not distributed yet: run `agentops db distribute`\n/);

    expect((await db('distribute', '--shards', 'many')).stderr).toContain('a whole number from 1 to 64000');
    expect(await db('distribute', '--shards', '4')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(
        /^Distributed spans, traces, trace_hours over 4 shards on \d+ nodes\.\n$/,
      ),
    });
    expect((await db('distribute')).stdout).toMatch(/^Distributed already: 4 shards on \d+ nodes\.\n$/);
    const { stdout } = await db('status');
    expect(stdout).toMatch(/Citus +spans, trace_hours, traces in 4 shards on \d+ nodes?/);
    expect(stdout).toMatch(/NODE +SHARDS +SIZE\n +\S+:\d+ +\d +\S+ KiB\n/);
  }, 120_000);

  it('is what a backend serves from', async () => {
    const server = await startServer({ databaseUrl, port: 0, logger: { level: 'silent' } });
    const time = `${Date.now()}000000`;
    const attributes = [{ key: 'session.id', value: { stringValue: 'mine' } }];
    const span = { traceId: `f${'0'.repeat(30)}1`, spanId: '00000000000000aa', name: 'work', attributes };
    const response = await fetch(`${server.url}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        resourceSpans: [
          { scopeSpans: [{ spans: [{ ...span, startTimeUnixNano: time, endTimeUnixNano: time }] }] },
        ],
      }),
    });
    expect(response.status).toBe(200);
    const asked = await fetch(`${server.url}/api/sessions/mine/spans`);
    expect(await asked.json()).toMatchObject({ total: 1, spans: [{ name: 'work' }] });
    await server.close();

    expect((await db('delete', '--session', 'mine', '--yes')).stdout).toBe('Deleted 1 span in 1 trace.\n');
    expect((await db('prune', '--retention-days', '7')).stdout).toMatch(/^Nothing to drop/);
  }, 120_000);
});
