import { openStore, PostgresSpanExporter, postgresEngine, type SpanStore } from '@agentops/postgres';
import { ExportResultCode } from '@opentelemetry/core';
import { afterAll, describe, expect, it } from 'vitest';
import { landed } from '../../src/citus/landing.ts';
import { citusAt } from '../citus-server.ts';
import { exported, someSpans as someReadableSpans } from '../exporter/readable-spans.ts';
import { anLlmSpan, aSessionSpan, aSpan, NOON, ns, sessionIdOf, traceIdAt } from '../spans.ts';
import { NEVER } from '../store-suite.ts';
import { SPANS_OF_OLD, schemaOf, TRACE } from '../suite/migrations.ts';

const { TEST_CITUS_URL: url = '' } = process.env;

const DAY_MS = 24 * 60 * 60 * 1000;
const SHARDS = 4;

describe.runIf(url !== '')('D2: distribution over a Citus cluster, named by TEST_CITUS_URL', () => {
  const cluster = citusAt(url);
  afterAll(() => cluster.stop(), 300_000);

  const open = (database: string, rollupInterval = NEVER) =>
    openStore({ engine: postgresEngine(database), rollupInterval });

  /** Sessions of three days. */
  const someSpans = () =>
    [0, 1, 40].flatMap((days) => {
      const at = NOON - days * DAY_MS;
      const root = aSessionSpan({ trace_id: traceIdAt(at), start_time: ns(at) });
      return [root, anLlmSpan(root, { start_time: ns(at) + 1n, input_tokens: 10, cost: 0.5 })];
    });

  /** Everything the API says of a store. */
  const contentOf = async (store: SpanStore) => {
    await store.settle();
    const { sessions, total } = await store.sessions('p', {});
    const documents = await Promise.all(sessions.map(({ session_id }) => store.session('p', session_id)));
    const spans = await Promise.all(sessions.map(({ session_id }) => store.spans('p', session_id)));
    return {
      total,
      documents,
      spans,
      stats: await store.stats('p', { from: '2026-10-01', to: '2026-12-01' }),
    };
  };

  it('carries over what is there, once, and goes on', async () => {
    const database = await cluster.newDatabase();
    const store = await open(database);
    const spans = someSpans();
    await store.write('p', spans);
    const before = await contentOf(store);
    const engine = postgresEngine(database);

    expect(await store.maintenance.distribute({ shards: SHARDS })).toEqual([
      'spans',
      'traces',
      'trace_hours',
    ]);
    expect(await contentOf(store)).toEqual(before);
    // Nothing is left at the coordinator.
    const [left] = await engine.query<{ bytes: string }>(
      `SELECT sum(pg_relation_size(relid)) AS bytes FROM pg_partition_tree('agentops.spans')`,
    );
    expect(left).toEqual({ bytes: '0' });

    expect(await store.maintenance.distribute()).toEqual([]);
    const other = await open(database);
    expect(await other.maintenance.distribute({ shards: 2 * SHARDS })).toEqual([]);
    await other.write('p', [...spans, aSpan({ trace_id: spans[0]?.trace_id ?? '' })]);
    expect((await contentOf(other)).documents.map((document) => document?.counts.spans).sort()).toEqual([
      2, 2, 3,
    ]);
    for (const each of [store, other, engine]) await each.close();
  });

  it('loses nothing that is written meanwhile', async () => {
    const database = await cluster.newDatabase();
    const [store, writer] = [await open(database), await open(database, 1)];
    let written = 0;
    let isDone = false;
    const writing = (async () => {
      while (!isDone) written += (await writer.write('p', [aSpan(), aSpan()])).stored;
    })();
    await expect.poll(() => written).toBeGreaterThan(10);
    await store.maintenance.distribute({ shards: SHARDS });
    const until = written + 10;
    await expect.poll(() => written).toBeGreaterThan(until);
    isDone = true;
    await writing;
    // What rolled up before knows that it has to do so in another way now.
    await writer.settle().catch(() => {});
    await writer.settle();
    expect((await store.sessions('p', {})).total).toBe(written);
    for (const each of [store, writer]) await each.close();
  });

  it('works where the extension came after the data', async () => {
    const database = await cluster.newPlainDatabase();
    const store = await open(database);
    const [root, ...rest] = someSpans();
    await store.write('p', [root ?? aSpan(), ...rest]);
    await store.settle();
    await expect(store.maintenance.distribute()).rejects.toMatchObject({
      name: 'StoreError',
      code: 'invalid_options',
      message: expect.stringContaining('CREATE EXTENSION citus'),
    });
    expect((await store.maintenance.status()).cluster).toBeUndefined();

    await cluster.join(database);
    expect((await store.maintenance.status()).cluster).toMatchObject({ tables: [], shards: 0 });
    await store.maintenance.distribute({ shards: SHARDS });
    const engine = postgresEngine(database);
    const [row] = await engine.query<{ document: { spans: unknown[] } }>(
      'SELECT agentops.session_document($1, $2) AS document',
      [root?.trace_id, 'p'],
    );
    expect(row?.document.spans).toHaveLength(2);
    expect(await engine.query('SELECT FROM agentops.llm_calls')).toHaveLength(3);
    for (const each of [store, engine]) await each.close();
  });

  it('holds while the schema of an older version is brought up to date', async () => {
    const database = await cluster.newDatabase();
    const engine = postgresEngine(database);
    await engine.exec(await schemaOf(7));
    for (const table of ['spans', 'traces', 'trace_hours']) {
      await engine.query(
        `SELECT create_distributed_table('agentops.${table}', 'trace_id', shard_count => ${SHARDS})`,
      );
    }
    await engine.exec(SPANS_OF_OLD);
    const store = await open(database);
    expect((await store.session('p', sessionIdOf(TRACE)))?.counts.spans).toBe(500);
    expect((await store.maintenance.status()).cluster).toMatchObject({ shards: SHARDS });
    for (const each of [store, engine]) await each.close();
  });

  it('takes the spans of an exporter, which rolls them up', async () => {
    const database = await cluster.newDatabase();
    const store = await open(database);
    await store.maintenance.distribute({ shards: SHARDS });
    const exporter = new PostgresSpanExporter({ url: database });
    const spans = someReadableSpans(5);
    expect(await exported(exporter, spans)).toEqual({ code: ExportResultCode.SUCCESS });
    await exporter.shutdown();
    const { sessions } = await store.sessions('default', {});
    expect(sessions).toMatchObject([{ trace_id: spans[0]?.spanContext().traceId, counts: { spans: 5 } }]);
    await store.close();
  });

  it('is refused at a worker, and with a wrong number of shards', async () => {
    const database = await cluster.newDatabase();
    const store = await open(database);
    await expect(store.maintenance.distribute({ shards: 0 })).rejects.toMatchObject({
      code: 'invalid_options',
      message: expect.stringContaining('from 1 to 64,000'),
    });
    await store.close();
    const worker = await openStore({
      engine: postgresEngine(await cluster.atWorker(database)),
      migrate: false,
    });
    await expect(worker.maintenance.distribute()).rejects.toMatchObject({
      code: 'invalid_options',
      message: expect.stringContaining('name the coordinator'),
    });
    await worker.close();
  });

  it('shows where the shards are, and how large', async () => {
    const store = await open(await cluster.newDatabase());
    await store.maintenance.distribute({ shards: SHARDS });
    await store.write('p', someSpans());
    const { cluster: status, partitions } = await store.maintenance.status();
    expect(status).toMatchObject({ tables: ['spans', 'trace_hours', 'traces'], shards: SHARDS });
    expect(status?.nodes.reduce((sum, { shards }) => sum + shards, 0)).toBe(SHARDS);
    for (const node of status?.nodes ?? []) {
      expect(node.name).toMatch(/^\S+:\d+$/);
      expect(node.bytes).toBeGreaterThan(0);
    }
    expect(partitions).toHaveLength(3);
    for (const { bytes } of partitions) expect(bytes).toBeGreaterThan(0);
    await store.close();
  });

  it('lets a mark be followed only when its spans have reached the workers', async () => {
    const database = await cluster.newDatabase();
    const store = await open(database);
    await store.maintenance.distribute({ shards: SHARDS });
    const [engine, watching] = [
      postgresEngine(database),
      postgresEngine({ connectionString: database, max: 1 }),
    ];
    await store.write('p', [aSpan()]);
    for (let i = 0; i < 100; i++) {
      const spans = Array.from({ length: 4 }, () => aSpan());
      const write = store.write('p', spans);
      const marked = 'SELECT FROM agentops.dirty_traces WHERE trace_id = $1';
      while ((await watching.query(marked, [spans[0]?.trace_id])).length === 0);
      await landed(watching);
      const found = await watching.query('SELECT FROM agentops.spans WHERE trace_id = ANY ($1::text[])', [
        spans.map(({ trace_id }) => trace_id),
      ]);
      expect(found).toHaveLength(spans.length);
      await write;
    }
    for (const each of [store, engine, watching]) await each.close();
  });
});
