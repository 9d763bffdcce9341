import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PostgresServer, startPostgres } from '../../postgres/test/postgres-server.ts';
import { agentops } from './agentops-process.ts';

describe('agentops db on a PostgreSQL without a store (D5)', { timeout: 60_000 }, () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  }, 60_000);
  afterAll(() => server.stop());

  it.each([
    ['prune', '--retention-days', '7'],
    ['delete', '--session', 's1', '--yes'],
    ['dump', '--to', '/dev/null'],
  ])('refuses to %s, and makes none there', async (...command) => {
    const url = await server.newDatabase();
    expect(await agentops('db', ...command, '--database-url', url)).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('There is no store in this database'),
    });
    expect((await agentops('db', 'status', '--database-url', url)).stdout).toMatch(/Schema +version 0;/);
  });
});
