import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { init, session, shutdown, tool } from 'agentops';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type OwnPostgres, ownPostgres } from '../../../../postgres/test/postgres-server.ts';
import { accountOf } from '../../support/invariant.ts';
import { runProgram } from '../../support/program.ts';

let postgres: OwnPostgres;
let directory: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'agentops-spool-'));
  postgres = await ownPostgres();
  await postgres.start();
});
afterAll(async () => {
  await postgres.remove();
  rmSync(directory, { recursive: true });
});
afterEach(() => shutdown());

/** Names of the spans in the database, parents' before them. */
async function stored(): Promise<readonly string[]> {
  const client = new Client(postgres.url);
  await client.connect();
  const { rows } = await client.query<{ name: string; parent: string | null }>(
    `SELECT span.operation_name AS name, parent.operation_name AS parent FROM agentops.spans span
     LEFT JOIN agentops.spans parent ON parent.trace_id = span.trace_id AND parent.span_id = span.parent_span_id`,
  );
  await client.end();
  return rows.map(({ name, parent }) => (parent === null ? name : `${parent} > ${name}`)).toSorted();
}

describe('spans on their way into PostgreSQL (T2, D1)', () => {
  it('arrive without a backend, once, whatever happens to the database and the process', async () => {
    const client = init({
      exporters: [{ type: 'postgres', url: postgres.url }],
      spool: { directory },
      logs: { level: 'silent' },
      retry: { attempts: 1 },
    });
    session('first', () => tool('search', () => 'found'));
    await client.flush();
    expect(await stored()).toEqual(['first', 'first > execute_tool search']);

    await postgres.stop();
    session('second', () => tool('search', () => 'found'));
    await client.flush();
    expect(accountOf(client, 'postgres')).toMatchObject({ ended: 4, delivered: 2, spooled: 2, dropped: {} });

    await postgres.start();
    session('third', () => {});
    await client.flush();
    await expect
      .poll(() => accountOf(client, 'postgres'), { timeout: 10_000 })
      .toMatchObject({ delivered: 5 });
    expect(await stored()).toHaveLength(5);
    await shutdown();

    const exporters = JSON.stringify([{ type: 'postgres', url: postgres.url }]);
    for (const ending of ['exit', 'return']) {
      const exit = await runProgram('exporting.ts', [exporters, ending], {
        env: { AGENTOPS_SPOOL_DIR: directory },
      });
      expect(exit).toMatchObject({ code: ending === 'exit' ? 3 : 0, stdout: '', stderr: '' });
    }
    const again = init({
      exporters: [{ type: 'postgres', url: postgres.url }],
      spool: { directory },
      logs: { level: 'silent' },
    });
    await expect
      .poll(
        async () => {
          await again.flush();
          return (await stored()).filter((name) => name === 'run');
        },
        { timeout: 10_000 },
      )
      .toEqual(['run', 'run']);
  });
});
