/**
 * How long the store takes to answer the questions of the dashboard, on a month of data of growing size, on PostgreSQL
 * and on PGlite, and how long lists are then; and what a hot session of 20,000 spans costs whoever writes to it.
 *
 * `npm run bench -- query [SPANS…] [--totals]`: as many spans each, 100,000 and 1,000,000 if none are given. 10,000,000 take
 * a quarter of an hour to make and 11 GB. With `--totals` only totals are made, of which lists and charts are answered,
 * without the spans: some minutes.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Engine, openStore, postgresEngine, type SessionList } from '@agentops/postgres';
import { pgliteEngine } from '@agentops/postgres/pglite';
import { startPostgres } from '../packages/postgres/test/postgres-server.ts';
import { costOfHotSession } from './support/postgres/hot-session.ts';
import { QUESTIONS, ROUNDS } from './support/postgres/questions.ts';
import { seed } from './support/postgres/seed.ts';
import { table } from './support/table.ts';

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

interface Answer {
  readonly p50: number;
  readonly p95: number;
  /** How many sessions the last list had, and its total. */
  readonly listed?: { readonly sessions: number; readonly total: number };
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
      if (answer === undefined) return '';
      const { p50, p95, listed } = answer;
      return `${p50.toFixed(2)} / ${p95.toFixed(1)}${listed ? `, ${listed.sessions} of ${listed.total}` : ''}`;
    }),
  ]);
  console.log(
    `${engine}: p50 / p95 of up to ${ROUNDS}, ms; sessions on the page of those counted\n\n${table([head, ...rows])}\n`,
  );
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
    let last: object | undefined;
    const began = performance.now();
    for (let round = -WARM_UP; round < ROUNDS; round++) {
      const start = performance.now();
      last = await answer(store, seeded, Math.max(0, round));
      if (round >= 0) laps.push(performance.now() - start);
      if (laps.length >= LEAST_ROUNDS && performance.now() - began > PATIENCE_MS) break;
    }
    laps.sort((a, b) => a - b);
    const quantile = (part: number) => laps[Math.ceil(part * laps.length) - 1] ?? Number.NaN;
    answers[question] = { p50: quantile(0.5), p95: quantile(0.95), ...listedIn(last) };
  }
  await store.close();
  return { engine: engineName, spans, seconds, answers };
}

function listedIn(answer: object | undefined): Pick<Answer, 'listed'> {
  if (answer === undefined || !('sessions' in answer)) return {};
  const { sessions, total } = answer as SessionList;
  return { listed: { sessions: sessions.length, total } };
}
