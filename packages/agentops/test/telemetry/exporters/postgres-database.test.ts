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

/** What is wrong, who connects to which database, what makes it so, what mends it, and what is said to do about it. */
type Fault = [
  name: string,
  urlOf: (database: string) => string,
  faults: string[],
  mending: string[],
  advice: RegExp,
  more?: { migrate: boolean },
];

describe('a database that is not set up for spans (T2, D1)', () => {
  /** Runs SQL as the one who administers the server. */
  async function administer(database: string, ...statements: string[]): Promise<void> {
    const client = new Client(Object.assign(new URL(postgres.url), { pathname: `/${database}` }).href);
    await client.connect();
    for (const statement of statements) await client.query(statement);
    await client.end();
  }

  const as = (database: string, user?: string): string =>
    Object.assign(new URL(postgres.url), {
      pathname: `/${database}`,
      ...(user !== undefined && { username: user, password: 'password' }),
    }).href;

  it.each([
    [
      'the password is wrong',
      (database: string) => as(database, 'reader').replace(':password@', ':wrong@'),
      [],
      [],
      /check the user and the password/,
    ],
    ['there is none', (database: string) => as(`${database}_later`), [], [], /create the database/],
    [
      'the user may not make tables',
      (database: string) => as(database, 'reader'),
      [],
      ['GRANT CREATE ON DATABASE unready TO reader'],
      /permission denied.*grant this user the right/,
    ],
    [
      'the schema is of a newer program',
      as,
      [
        'CREATE SCHEMA agentops',
        'CREATE TABLE agentops.schema_version (version int)',
        'INSERT INTO agentops.schema_version VALUES (9000)',
      ],
      ['DROP SCHEMA agentops CASCADE'],
      /newer release/,
    ],
    [
      'somebody else has the name of a table',
      as,
      ['CREATE SCHEMA agentops', 'CREATE TABLE agentops.sessions ()'],
      ['DROP SCHEMA agentops CASCADE'],
      /name another table/,
    ],
    ['there is no schema and none may be made', as, [], [], /let it migrate the schema/, { migrate: false }],
  ] satisfies Fault[])(
    'keeps the spans on disk while %s, and stores them once it is mended',
    async (...[_, urlOf, faults, mending, advice, more]: Fault) => {
      const database = 'unready';
      await administer(
        'postgres',
        `CREATE DATABASE ${database}`,
        "DO $$ BEGIN CREATE USER reader PASSWORD 'password'; EXCEPTION WHEN duplicate_object THEN END $$",
      );
      await administer(database, ...faults);
      const said: string[] = [];
      const spool = mkdtempSync(join(tmpdir(), 'agentops-spool-'));
      const options = { spool: { directory: spool }, logs: { level: 'silent' } } as const;
      const url = urlOf(database);
      const client = init({
        exporters: [{ type: 'postgres', url, ...more }],
        onError: ({ message }) => void said.push(message),
        ...options,
      });
      for (const name of ['first', 'second']) {
        session(name, () => {});
        await client.flush();
      }
      expect(accountOf(client, 'postgres')).toMatchObject({
        ended: 2,
        delivered: 0,
        spooled: 2,
        dropped: {},
      });
      expect(said).toContainEqual(expect.stringMatching(advice));
      await shutdown();

      await administer(database, ...mending);
      if (url.includes('_later')) await administer('postgres', `CREATE DATABASE ${database}_later`);
      const mended = url.replace(':wrong@', ':password@');
      if (mended !== url) await administer(database, `GRANT CREATE ON DATABASE ${database} TO reader`);
      const again = init({ exporters: [{ type: 'postgres', url: mended }], ...options });
      await expect
        .poll(() => accountOf(again, 'postgres'), { timeout: 10_000 })
        .toMatchObject({ recovered: 2, delivered: 2, spooled: 0, dropped: {} });
      await shutdown();
      await administer(
        'postgres',
        `DROP DATABASE ${database} WITH (FORCE)`,
        `DROP DATABASE IF EXISTS ${database}_later WITH (FORCE)`,
      );
      rmSync(spool, { recursive: true });
    },
  );

  it('stores what it kept although the process that kept it goes on', async () => {
    await administer('postgres', 'CREATE DATABASE ongoing');
    const client = init({
      exporters: [{ type: 'postgres', url: as('ongoing') }],
      spool: { directory },
      logs: { level: 'silent' },
    });
    session('before', () => {});
    await client.flush();
    await administer('ongoing', 'DROP TABLE agentops.spans CASCADE');
    session('meanwhile', () => {});
    await client.flush();
    expect(accountOf(client, 'postgres')).toMatchObject({ delivered: 1, spooled: 1, dropped: {} });
    await administer('ongoing', 'DROP SCHEMA agentops CASCADE');
    session('after', () => {});
    await client.flush();
    await expect
      .poll(() => accountOf(client, 'postgres'), { timeout: 10_000 })
      .toMatchObject({ delivered: 3, spooled: 0, dropped: {} });
  });
});
