/**
 * How long the store takes to answer the questions of the dashboard, on a month of data of growing size, on PostgreSQL
 * and on PGlite; and what a hot session of 20,000 spans costs whoever writes to it.
 *
 * `npm run bench -- query [SPANS…] [--totals]`: as many spans each, 100,000 and 1,000,000 if none are given. With `--totals`
 * only totals are made, of which lists and charts are answered, without the spans: 10,000,000 then take some minutes.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Engine, openStore, postgresEngine, type SpanStore } from '@agentops/postgres';
import { pgliteEngine } from '@agentops/postgres/pglite';
import { startPostgres } from '../packages/postgres/test/postgres-server.ts';
import { costOfHotSession } from './support/postgres/hot-session.ts';
import { PROJECT, type Seeded, seed } from './support/postgres/seed.ts';
import { table } from './support/table.ts';

const ROUNDS = 40;
const WARM_UP = 3;
/** A question that takes long is not asked more often than it takes to know. */
const LEAST_ROUNDS = 10;
const PATIENCE_MS = 5_000;
const LARGE = [1_000, 20_000];
/** PGlite is asked up to this size. */
const MOST_FOR_PGLITE = 1_000_000;

const args = process.argv.slice(2);
const hasSpans = !args.includes('--totals');
const given = args.filter((arg) => /^\d+$/.test(arg)).map(Number);
const sizes = given.length > 0 ? given : [100_000, 1_000_000];

/** What is asked, differently each round. */
const QUESTIONS: Record<string, (store: SpanStore, seeded: Seeded, round: number) => Promise<unknown>> = {
  'sessions: all': (store) => store.sessions(PROJECT, {}),
  'sessions: tag of most': (store) => store.sessions(PROJECT, { tag: 'production' }),
  'sessions: tag of few': (store, _, round) => store.sessions(PROJECT, { tag: `customer-${round * 7}` }),
  'sessions: text in all names': (store) => store.sessions(PROJECT, { q: 'question' }),
  'sessions: text in a quarter': (store) => store.sessions(PROJECT, { q: 'Lamps' }),
  'sessions: text in few names': (store, { sessions }, round) =>
    store.sessions(PROJECT, { q: `#${Math.floor((sessions * round) / ROUNDS)} ` }),
  'sessions: text in none': (store, _, round) => store.sessions(PROJECT, { q: `nothing ${round}` }),
  'sessions: errors': (store) => store.sessions(PROJECT, { errors: true }),
  'sessions: failed': (store) => store.sessions(PROJECT, { state: 'Fail' }),
  'sessions: running': (store) => store.sessions(PROJECT, { state: 'running' }),
  'sessions: model of a third': (store) => store.sessions(PROJECT, { model: 'gpt-5' }),
  'sessions: model of few': (store) => store.sessions(PROJECT, { model: 'o3-trial' }),
  'sessions: user': (store, _, round) => store.sessions(PROJECT, { user: `u-${round * 11}` }),
  'sessions: an hour': (store, { from, to }, round) => {
    const start = from + ((to - from) / (ROUNDS + 1)) * round;
    return store.sessions(PROJECT, { from: iso(start), to: iso(start + 3_600_000) });
  },
  'sessions: a week, errors, a model': (store, { from }, round) =>
    store.sessions(PROJECT, {
      from: iso(from + round * 3_600_000),
      to: iso(from + round * 3_600_000 + 7 * 24 * 3_600_000),
      errors: true,
      model: 'gpt-5',
    }),
  'session of 1,000 spans': (store, { large }) => store.spans(PROJECT, large.get(1_000) ?? ''),
  'session of 20,000 spans': (store, { large }) => store.spans(PROJECT, large.get(20_000) ?? ''),
  'charts: a month by day': (store, seeded) => store.stats(PROJECT, month(seeded)),
  'charts: a month by day and model': (store, seeded) =>
    store.stats(PROJECT, { ...month(seeded), by: 'model' }),
  'charts: a week by hour': (store, { to }) =>
    store.stats(PROJECT, { from: iso(to - 7 * 24 * 3_600_000), to: iso(to), step: 'hour' }),
};

const iso = (ms: number): string => new Date(ms).toISOString();
const month = ({ from, to }: Seeded) => ({ from: iso(from), to: iso(to) });

interface Answer {
  readonly p50: number;
  readonly p95: number;
}

const server = await startPostgres();
const files = await mkdtemp(join(tmpdir(), 'agentops-bench-'));
const results: { engine: string; spans: number; seconds: number; answers: Record<string, Answer> }[] = [];
for (const spans of sizes) {
  results.push(await ask('PostgreSQL', postgresEngine(await server.newDatabase()), spans));
  if (spans <= MOST_FOR_PGLITE) {
    const dataDir = join(files, String(spans));
    results.push(await ask('PGlite', pgliteEngine({ dataDir }), spans));
    await rm(dataDir, { recursive: true });
  }
}
const hot = {
  PostgreSQL: await costOfHotSession(postgresEngine(await server.newDatabase())),
  PGlite: await costOfHotSession(pgliteEngine({ dataDir: join(files, 'hot') })),
};
await server.stop();
await rm(files, { recursive: true });

for (const engine of ['PostgreSQL', 'PGlite']) {
  const ofEngine = results.filter((result) => result.engine === engine);
  const head = ['', ...ofEngine.map(({ spans }) => `${spans.toLocaleString('en')} spans`)];
  const rows = Object.keys(QUESTIONS).map((question) => [
    question,
    ...ofEngine.map(({ answers }) => {
      const answer = answers[question];
      return answer === undefined ? '' : `${answer.p50.toFixed(1)} / ${answer.p95.toFixed(1)}`;
    }),
  ]);
  console.log(`${engine}: p50 / p95 of up to ${ROUNDS}, ms\n\n${table([head, ...rows])}\n`);
}
for (const [engine, { share, recompute }] of Object.entries(hot)) {
  console.log(
    `${engine}: a hot session of 20,000 spans costs the writer ${(100 * share).toFixed(1)} %; one roll-up of it takes ${recompute.toFixed(0)} ms`,
  );
}
console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}\n`);
console.log(JSON.stringify({ results, hot }));

async function ask(engineName: string, engine: Engine, spans: number) {
  const store = await openStore({ engine });
  const began = performance.now();
  const seeded = await seed(engine, spans, hasSpans ? LARGE : [], hasSpans);
  const seconds = Math.round((performance.now() - began) / 1_000);
  console.error(`${engineName}, ${spans} spans: made in ${seconds} s`);
  const answers: Record<string, Answer> = {};
  for (const [question, answer] of Object.entries(QUESTIONS)) {
    if (!hasSpans && question.startsWith('session of')) continue;
    const laps: number[] = [];
    const began = performance.now();
    for (let round = -WARM_UP; round < ROUNDS; round++) {
      const start = performance.now();
      await answer(store, seeded, Math.max(0, round));
      if (round >= 0) laps.push(performance.now() - start);
      if (laps.length >= LEAST_ROUNDS && performance.now() - began > PATIENCE_MS) break;
    }
    laps.sort((a, b) => a - b);
    const quantile = (part: number) => laps[Math.ceil(part * laps.length) - 1] ?? Number.NaN;
    answers[question] = { p50: quantile(0.5), p95: quantile(0.95) };
  }
  await store.close();
  return { engine: engineName, spans, seconds, answers };
}
