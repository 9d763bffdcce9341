import { openStore, postgresEngine } from '@agentops/postgres';
import { pgliteEngine } from '@agentops/postgres/pglite';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { administer, freePort, type PostgresServer, startPostgres } from './postgres-server.ts';
import { aSpan, NOON, newProject, traceIdAt } from './spans.ts';
import { NEVER, storeSuite } from './store-suite.ts';
import { eightWritersSuite } from './suite/eight-writers.ts';
import { racesSuite } from './suite/races.ts';

let server: PostgresServer;

beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

storeSuite('PostgreSQL', async () => {
  const url = await server.newDatabase();
  return () => postgresEngine(url);
});

racesSuite(async () => postgresEngine(await server.newDatabase()));

eightWritersSuite(() => server.newDatabase());

describe('D2: the PostgreSQL engine', () => {
  it('says that an unreachable database is unavailable', async () => {
    const engine = postgresEngine(`postgres://127.0.0.1:${await freePort()}/postgres`);
    await expect(openStore({ engine })).rejects.toMatchObject({ name: 'StoreError', code: 'unavailable' });
  });

  it('makes no store in a database that cannot have all text', async () => {
    const url = new URL(await server.newDatabase());
    const name = `${url.pathname.slice(1)}_ascii`;
    await administer(url.href, `CREATE DATABASE ${name} ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0`);
    const engine = postgresEngine(Object.assign(new URL(url), { pathname: name }).href);
    await expect(openStore({ engine })).rejects.toMatchObject({
      code: 'invalid_options',
      message: expect.stringContaining('SQL_ASCII'),
    });
    await administer(url.href, `DROP DATABASE ${name}`);
  });

  it('says that wrong credentials are not a matter of waiting', async () => {
    const url = new URL(await server.newDatabase());
    url.username = 'nobody';
    await expect(openStore({ engine: postgresEngine(url.href) })).rejects.toMatchObject({ code: 'internal' });
  });

  it('survives connections that the server cuts, and says unavailable meanwhile', async () => {
    const url = await server.newDatabase();
    const store = await openStore({
      engine: postgresEngine({ connectionString: url, max: 2 }),
      rollupInterval: NEVER,
    });
    const project = newProject();
    const administrator = new Client(url);
    await administrator.connect();
    const cut = () =>
      administrator.query(
        'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1 AND datname = current_database()',
        ['agentops'],
      );

    // A lock that nobody gives up keeps the write waiting until its connection is cut.
    await administrator.query('BEGIN; LOCK TABLE agentops.dirty_traces');
    const span = aSpan();
    const write = store.write(project, [span]).catch((error: unknown) => error);
    while ((await administrator.query(WAITING)).rowCount === 0);
    await cut();
    expect(await write).toMatchObject({ name: 'StoreError', code: 'unavailable' });
    await administrator.query('ROLLBACK');

    expect(await store.write(project, [span])).toEqual({ stored: 1, rejected: [] });
    expect((await store.session(project, span.session_id))?.counts.spans).toBe(1);
    await administrator.end();
    await store.close();
  });

  it('answers unavailable once it is closed', async () => {
    const store = await openStore({ engine: postgresEngine(await server.newDatabase()) });
    await store.ping();
    await store.close();
    await expect(store.ping()).rejects.toMatchObject({ name: 'StoreError' });
  });

  it('takes over what an embedded database has dumped', async () => {
    const embedded = await openStore({ engine: pgliteEngine(), rollupInterval: NEVER });
    const spans = [0, 40].map((days) => aSpan({ trace_id: traceIdAt(NOON - days * 24 * 60 * 60 * 1000) }));
    const started = spans.map((span, index) => ({
      ...span,
      start_time: span.start_time - BigInt(index * 40 * 24 * 60 * 60) * 1_000_000_000n,
    }));
    await embedded.write('p', started);
    const { secret } = await embedded.keys.create('p', 'laptop');
    let text = '';
    await embedded.maintenance.dump(async (piece) => {
      text += piece;
    });
    await embedded.close();

    const store = await openStore({
      engine: postgresEngine(await server.newDatabase()),
      rollupInterval: NEVER,
    });
    async function* lines() {
      yield* text.trimEnd().split('\n');
    }
    await store.maintenance.restore(lines());
    expect((await store.sessions('p', {})).total).toBe(2);
    expect(await store.keys.projectOf(secret)).toBe('p');
    const { partitions } = await store.maintenance.status();
    expect(partitions.map(({ name }) => name)).toEqual(['spans_2026_10_12', 'spans_2026_11_21']);
    await store.close();
  }, 120_000);

  it('lets several users write, dump, erase and prune who share the role that owns the table', async () => {
    const url = await server.newDatabase();
    const role = new URL(url).pathname.slice(1);
    const migrated = await openStore({ engine: postgresEngine(url), rollupInterval: NEVER });
    await migrated.close();
    const administrator = new Client(url);
    await administrator.connect();
    await administrator.query(`
      CREATE ROLE ${role}; CREATE ROLE ${role}_1 LOGIN PASSWORD 'one' IN ROLE ${role};
      CREATE ROLE ${role}_2 LOGIN PASSWORD 'two' IN ROLE ${role};
      GRANT USAGE, CREATE ON SCHEMA agentops TO ${role};
      GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA agentops TO ${role};
      ALTER TABLE agentops.spans OWNER TO ${role}`);
    const open = (user: string, password: string) =>
      openStore({
        engine: postgresEngine(Object.assign(new URL(url), { username: `${role}_${user}`, password }).href),
        rollupInterval: NEVER,
        migrate: false,
      });
    const [one, two] = [await open('1', 'one'), await open('2', 'two')];
    const daysAgo = (days: number, user_id: string) => {
      const ms = Date.now() - days * 24 * 60 * 60 * 1000;
      return aSpan({ trace_id: traceIdAt(ms), start_time: BigInt(ms) * 1_000_000n, user_id });
    };
    await one.write('p', [daysAgo(0, 'ada'), daysAgo(9, 'grace')]);

    expect(await two.maintenance.dump(async () => {})).toMatchObject({ spans: 2 });
    expect(await two.maintenance.eraseUser('ada')).toMatchObject({ spans: 1 });
    expect((await two.maintenance.prune({ days: 3 })).dropped).toHaveLength(1);
    await one.close();
    await two.close();
    await administrator.query(`DROP OWNED BY ${role} CASCADE; DROP ROLE ${role}_1, ${role}_2, ${role}`);
    await administrator.end();
  });

  it('stores a day in a partition of its own', async () => {
    const engine = postgresEngine(await server.newDatabase());
    const store = await openStore({ engine, rollupInterval: NEVER });
    await store.write(newProject(), [aSpan()]);
    const partitions = await engine.query(
      `SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'agentops.spans'::regclass`,
    );
    expect(partitions).toEqual([{ name: 'agentops.spans_2026_11_21' }]);
    await store.close();
  });
});

const WAITING = `SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`;
