/**
 * What the PostgreSQL exporter and the store's writer make of a database, beside COPY of the very same rows into the same
 * table with the same indexes: by `psql`, where there is one, as a file. Roll-ups are on. How far behind they are is said in
 * two ways: how old the oldest mark is when the last span is committed, and the rate with all totals up to date.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import { decodeTraces, type SpanRow } from '@agentops/otlp';
import { type Engine, openStore, PostgresSpanExporter, postgresEngine } from '@agentops/postgres';
import { pgliteEngine } from '@agentops/postgres/pglite';
import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { startPostgres } from '../packages/postgres/test/postgres-server.ts';
import { cpuOfProcess, cpuOfServer } from './support/postgres/cpu.ts';
import { exportAll, exported } from './support/postgres/export-all.ts';
import { hasPsql, psqlCopy } from './support/postgres/psql-copy.ts';
import { makeSpans } from './support/postgres/spans.ts';
import { writeFromTwo } from './support/postgres/two-writers.ts';
import { overRounds } from './support/statistics.ts';
import { table, withRange } from './support/table.ts';

const ROUNDS = 5;
const SPANS = 60_000;
const SPANS_PER_EXPORT = 500;
const CHUNK = 64 * 1024;
const STEADY_RATE = 10_000;
const STEADY_SECONDS = 3;

const server = await startPostgres();
const files = await mkdtemp(join(tmpdir(), 'agentops-bench-'));
const databases = {
  copy: postgresEngine(await server.newDatabase()),
  exporter: postgresEngine(await server.newDatabase()),
  pgliteCopy: pgliteEngine({ dataDir: join(files, 'copy') }),
  pglite: pgliteEngine({ dataDir: join(files, 'store') }),
};
const [copyUrl, exporterUrl] = [await urlOf(databases.copy), await urlOf(databases.exporter)];
const byPsql = hasPsql();
const dataDirectory = await dataDirectoryOf(databases.exporter);
for (const engine of [databases.copy, databases.exporter, databases.pgliteCopy]) await prepare(engine);
const pgliteStore = await openStore({ engine: databases.pglite });

const NAMES = ['psql', 'copy', 'one', 'connections', 'processes', 'settled', 'pgliteCopy', 'pglite'] as const;
type Name = (typeof NAMES)[number];
const laps = Object.fromEntries(NAMES.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
const lags: number[] = [];
/** CPU time of a span, in µs, its part in totals included, of the server and of who writes. */
const cpu: Record<string, { server: number; client: number }[]> = {};
for (let round = 0; round <= ROUNDS; round++) {
  const spans = makeSpans(SPANS);
  let before = 0;
  const writing = await writeFromTwo(exporterUrl, SPANS, async () => {
    // What the writers have warmed up with is rolled up before: emptying the tables would get in its way.
    while ((await marksIn(databases.exporter)) > 0) await setTimeout(100);
    await empty(databases.exporter);
    before = cpuOfServer(dataDirectory);
  });
  noteCpu('processes', cpuOfServer(dataDirectory) - before, writing.cpu);
  await requireTotals(databases.exporter);
  const connections = await metered('connections', () => exportFrom(spans, 2));
  const one = await metered('one', () => exportFrom(spans, 1));
  const path = await dumpOf(databases.exporter);
  const dump = await readFile(path);
  const copy = await metered('copy', () => copyAll(databases.copy, dump));
  if (byPsql) await empty(databases.copy);
  const psql = byPsql ? await metered('psql', async () => psqlCopy(copyUrl, path)) : copy;
  const pgliteCopy = await copyAll(databases.pgliteCopy, dump);
  const pglite = await writeAll(spans);
  const { committed: processes, settled } = writing;
  const lap = { psql, copy, one, connections, processes, settled, pgliteCopy, pglite };
  // The first round warms everything up.
  if (round > 0) for (const name of NAMES) laps[name].push(SPANS / lap[name]);
}
const delay = await steadyDelay();

const samples = (...names: Name[]) => names.map((name) => laps[name]);
const rate = (name: Name) =>
  withRange(
    overRounds(samples(name), (spans) => spans / 1_000),
    1,
  );
const ratio = (name: Name, base: Name) => overRounds(samples(name, base), (spans, copied) => spans / copied);
const best = (name: Name, base: Name) => Math.max(...laps[name]) / Math.max(...laps[base]);
const least = (name: Name, side: 'server' | 'client') => Math.min(...(cpu[name] ?? []).map((of) => of[side]));
const inMicroseconds = (value: number) => (Number.isFinite(value) ? value.toFixed(1) : '');
const kinds: { name: string; lap: Name; base: Name }[] = [
  { name: 'PostgreSQL: psql \\copy, one connection', lap: 'psql', base: 'psql' },
  { name: 'PostgreSQL: COPY from memory, one connection', lap: 'copy', base: 'psql' },
  { name: 'PostgreSQL: exporter, one connection', lap: 'one', base: 'psql' },
  { name: 'PostgreSQL: exporter, two connections', lap: 'connections', base: 'psql' },
  { name: 'PostgreSQL: two processes with an exporter', lap: 'processes', base: 'psql' },
  { name: '… until all totals are up to date', lap: 'settled', base: 'psql' },
  { name: 'PGlite: COPY', lap: 'pgliteCopy', base: 'pgliteCopy' },
  { name: 'PGlite: store', lap: 'pglite', base: 'pgliteCopy' },
];
const results = kinds.map(({ name, lap, base }) => ({
  name,
  rate: rate(lap),
  ratio: ratio(lap, base),
  best: best(lap, base),
  server: least(lap, 'server'),
  client: least(lap, 'client'),
}));

console.log(`1,000 spans a second, median of ${ROUNDS} rounds of ${SPANS} (between the quartiles)
Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}${byPsql ? '' : '; no psql on this machine: COPY from memory instead'}

${table([
  ['', '1,000 spans/s', 'of COPY', 'best of both', 'CPU, µs a span: server', 'client'],
  ...results.map(({ name, rate, ratio, best, server, client }) => [
    name,
    rate,
    withRange(ratio, 2),
    best.toFixed(2),
    inMicroseconds(server),
    inMicroseconds(client),
  ]),
])}

oldest span without totals when the last one of two connections is committed: ${Math.round(Math.max(...lags))} ms at most
event-loop delay at ${STEADY_RATE} spans/s: p50 ${delay.p50.toFixed(1)} ms, p99 ${delay.p99.toFixed(1)} ms, most ${delay.most.toFixed(1)} ms
`);
console.log(JSON.stringify({ results, lags, delay }));

await pgliteStore.close();
for (const engine of [databases.copy, databases.exporter, databases.pgliteCopy]) await engine.close();
await rm(files, { recursive: true });
await server.stop();

async function urlOf(engine: Engine): Promise<string> {
  const [row] = await engine.query<{ name: string; port: string }>(
    `SELECT current_database() AS name, current_setting('port') AS port`,
  );
  return `postgres://postgres:password@127.0.0.1:${row?.port}/${row?.name}`;
}

async function dataDirectoryOf(engine: Engine): Promise<string> {
  const [row] = await engine.query<{ directory: string }>(
    `SELECT current_setting('data_directory') AS directory`,
  );
  return row?.directory ?? '';
}

/** Makes the schema, and the partition of the day or month. */
async function prepare(engine: Engine): Promise<void> {
  const unclosed = { ...forwarding(engine), close: async () => {} };
  const store = await openStore({ engine: unclosed });
  await store.write('default', rowsOf(makeSpans(20)));
  await store.close();
}

function forwarding(engine: Engine): Engine {
  return {
    partitionBy: engine.partitionBy,
    vacuums: engine.vacuums,
    bounded: (limit) => engine.bounded(limit),
    query: (text, params) => engine.query(text, params),
    exec: (sql) => engine.exec(sql),
    transaction: (run, signal) => engine.transaction(run, signal),
    load: (load, signal) => engine.load(load, signal),
    close: (patience) => engine.close(patience),
  };
}

async function empty(engine: Engine): Promise<void> {
  await engine.exec(
    'TRUNCATE agentops.spans, agentops.traces, agentops.sessions, agentops.dirty_traces, agentops.trace_hours',
  );
  await engine.exec('CHECKPOINT');
}

/** Seconds until all of `spans` are committed. */
async function exportFrom(spans: ReadableSpan[], connections: number): Promise<number> {
  await empty(databases.exporter);
  const exporter = new PostgresSpanExporter({ url: exporterUrl, poolSize: connections }, {});
  await exported(exporter, spans.slice(0, 1));
  const began = performance.now();
  await exportAll(exporter, spans.slice(1));
  const seconds = (performance.now() - began) / 1_000;
  const [row] = await databases.exporter.query<{ ms: number | null }>(
    `SELECT (extract(epoch FROM clock_timestamp() - min(since)) * 1000)::float8 AS ms FROM agentops.dirty_traces`,
  );
  if (connections === 2) lags.push(row?.ms ?? 0);
  await exporter.shutdown();
  return seconds;
}

/** The seconds of a lap, noting what CPU time it took with the emptying of tables before it and the last roll-up after it. */
async function metered(name: Name, lap: () => Promise<number>): Promise<number> {
  const before = { server: cpuOfServer(dataDirectory), client: cpuOfProcess() };
  const seconds = await lap();
  noteCpu(name, cpuOfServer(dataDirectory) - before.server, cpuOfProcess() - before.client);
  return seconds;
}

function noteCpu(name: Name, server: number, client: number): void {
  cpu[name] ??= [];
  cpu[name].push({ server: server / SPANS, client: client / SPANS });
}

/** The writers have ended in their own time: what they left would be missing in the figures. */
async function requireTotals(engine: Engine): Promise<void> {
  const marks = await marksIn(engine);
  if (marks > 0) console.error(`${marks} marks were left when the writers ended`);
}

async function marksIn(engine: Engine): Promise<number> {
  const [row] = await engine.query<{ marks: string }>('SELECT count(*) AS marks FROM agentops.dirty_traces');
  return Number(row?.marks);
}

/** A file with the rows of the last export, as COPY writes them. */
async function dumpOf(engine: Engine): Promise<string> {
  const path = join(dataDirectory, 'bench.copy');
  await engine.exec(`COPY (SELECT * FROM agentops.spans) TO '${path}'`);
  return path;
}

async function copyAll(engine: Engine, dump: Buffer): Promise<number> {
  await empty(engine);
  const chunks: Buffer[] = [];
  for (let start = 0; start < dump.length; start += CHUNK) chunks.push(dump.subarray(start, start + CHUNK));
  const began = performance.now();
  await engine.transaction((tx) => tx.copy('COPY agentops.spans FROM STDIN', chunks));
  return (performance.now() - began) / 1_000;
}

function rowsOf(spans: ReadableSpan[]): SpanRow[] {
  const request = ProtobufTraceSerializer.serializeRequest(spans);
  return request ? decodeTraces(request, 'application/x-protobuf').rows : [];
}

async function writeAll(spans: ReadableSpan[]): Promise<number> {
  await empty(databases.pglite);
  const batches: SpanRow[][] = [];
  for (let start = 0; start < spans.length; start += 1_000)
    batches.push(rowsOf(spans.slice(start, start + 1_000)));
  const began = performance.now();
  for (const batch of batches) await pgliteStore.write('default', batch);
  const seconds = (performance.now() - began) / 1_000;
  await pgliteStore.settle();
  return seconds;
}

/** How late the event loop is, in milliseconds, while spans are exported at a steady rate. */
async function steadyDelay(): Promise<{ p50: number; p99: number; most: number }> {
  await empty(databases.exporter);
  const spans = makeSpans(STEADY_RATE * STEADY_SECONDS);
  const exporter = new PostgresSpanExporter({ url: exporterUrl }, {});
  await exported(exporter, spans.slice(0, 1));
  const histogram = monitorEventLoopDelay({ resolution: 1 });
  histogram.enable();
  const began = performance.now();
  const exports: Promise<void>[] = [];
  for (let sent = 1; sent < spans.length; ) {
    const due = Math.floor(((performance.now() - began) / 1_000) * STEADY_RATE);
    if (due - sent >= SPANS_PER_EXPORT) {
      exports.push(exported(exporter, spans.slice(sent, sent + SPANS_PER_EXPORT)));
      sent += SPANS_PER_EXPORT;
    }
    await setTimeout(5);
  }
  histogram.disable();
  await Promise.all(exports);
  await exporter.shutdown();
  // The histogram counts the millisecond between two looks as well.
  const ms = (ns: number) => ns / 1e6 - 1;
  return { p50: ms(histogram.percentile(50)), p99: ms(histogram.percentile(99)), most: ms(histogram.max) };
}
