import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore, type SpanStore } from '@agentops/postgres';
import { pgliteEngine } from '@agentops/postgres/pglite';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { aSpan, newProject, traceIdAt } from './spans.ts';
import { NEVER } from './store-suite.ts';

/** Longer than anybody waits, and nothing that PGlite would stop by itself. */
const RUNAWAY = 'SELECT count(*) FROM generate_series(1, 1000000) AS a, generate_series(1, 1000000) AS b';

/** For tests that start the database several times, which takes long on a busy machine. */
const SLOW_START = 90_000;

describe('D2: the embedded database in a directory', () => {
  let dataDir: string;
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'agentops-bounds-'));
  });
  afterEach(() => rm(dataDir, { recursive: true }));

  it(
    'a runaway query costs a new thread, and no write that waited for it',
    async () => {
      const engine = pgliteEngine({ dataDir });
      const store = await openStore({ engine, rollupInterval: NEVER });
      const before = aSpan();
      await store.write('p', [before]);

      const threads = threadsStarted();
      const runaway = engine.bounded(200).query(RUNAWAY);
      const refused = expect(runaway).rejects.toMatchObject({
        name: 'StoreError',
        code: 'timeout',
        retryable: false,
        message: expect.stringContaining('stopped after 200 ms'),
      });
      const spans = Array.from({ length: 5 }, () => aSpan());
      const written = await Promise.all(spans.map((span) => store.write('p', [span])));
      await refused;
      expect(written).toEqual(spans.map(() => ({ stored: 1, rejected: [] })));
      expect(threads()).toBe(1);
      for (const { session_id } of [before, ...spans]) {
        expect((await store.session('p', session_id))?.counts.spans).toBe(1);
      }
      await store.close();
    },
    SLOW_START,
  );

  it(
    'is started anew when its memory has grown too large, and has everything',
    async () => {
      const engine = pgliteEngine({ dataDir, memoryLimit: 300_000_000 });
      const store = await openStore({ engine, rollupInterval: NEVER });
      const span = aSpan();
      await store.write('p', [span]);
      const threads = threadsStarted();
      await engine.query(`SELECT length(string_agg(repeat('x', 1000), '')) FROM generate_series(1, 100000)`);
      expect((await store.session('p', span.session_id))?.counts.spans).toBe(1);
      expect(threads()).toBe(1);
      await store.close();
    },
    SLOW_START,
  );
});

describe('D2: the embedded database in memory', () => {
  const engine = pgliteEngine();
  let store: SpanStore;
  beforeAll(async () => {
    store = await openStore({ engine, rollupInterval: 1 });
  });
  afterAll(() => store.close());

  it('a query that takes too long is answered in time, and nothing is lost', async () => {
    const project = newProject();
    const span = aSpan();
    await store.write(project, [span]);
    await expect(engine.bounded(50).query('SELECT pg_sleep(1)')).rejects.toMatchObject({ code: 'timeout' });
    expect((await store.session(project, span.session_id))?.counts.spans).toBe(1);
  });

  it('vacuums what the roll-ups rewrite', async () => {
    const traces = Array.from({ length: 600 }, () => traceIdAt(Date.now()));
    const writeAll = () =>
      store.write(
        'p',
        traces.map((trace_id) => aSpan({ trace_id, start_time: BigInt(Date.now()) * 1_000_000n })),
      );
    const vacuumed = async () => {
      await writeAll();
      await store.settle();
      const rows = await engine.query<{ relname: string }>(
        `SELECT relname FROM pg_stat_user_tables WHERE last_vacuum IS NOT NULL`,
      );
      return rows.map(({ relname }) => relname);
    };
    await expect
      .poll(vacuumed, { timeout: 20_000 })
      .toEqual(expect.arrayContaining(['dirty_traces', 'traces', 'sessions']));
  });
});

/** Counts the threads that are started from now on, until the test has finished. */
function threadsStarted(): () => number {
  let count = 0;
  const add = () => {
    count += 1;
  };
  process.on('worker', add);
  onTestFinished(() => void process.off('worker', add));
  return () => count;
}
