/**
 * What the PostgreSQL exporter and the store's writer make of a database, beside COPY of the very same rows into the same
 * table with the same indexes: what nothing that stores spans there can be faster than. Roll-ups are on.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { decodeTraces, type SpanRow } from '@agentops/otlp';
import { type Engine, openStore, PostgresSpanExporter, postgresEngine } from '@agentops/postgres';
import { pgliteEngine } from '@agentops/postgres/pglite';
import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { startPostgres } from '../packages/postgres/test/postgres-server.ts';
import { makeSpans } from './support/postgres/spans.ts';
import { overRounds } from './support/statistics.ts';
import { table, withRange } from './support/table.ts';

const ROUNDS = 5;
const SPANS = 20_000;
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
const exporterUrl = await urlOf(databases.exporter);
for (const engine of [databases.copy, databases.exporter, databases.pgliteCopy]) await prepare(engine);
const pgliteStore = await openStore({ engine: databases.pglite });

const laps = { copy: [], one: [], two: [], pgliteCopy: [], pglite: [] } as Record<string, number[]>;
const settling: number[] = [];
for (let round = 0; round <= ROUNDS; round++) {
  const spans = makeSpans(SPANS);
  const lap = { copy: 0, one: 0, two: 0, pgliteCopy: 0, pglite: 0 };
  lap.two = await exportAll(spans, 2);
  lap.one = await exportAll(spans, 1);
  const dump = await dumpOf(databases.exporter);
  lap.copy = await copyAll(databases.copy, dump);
  lap.pgliteCopy = await copyAll(databases.pgliteCopy, dump);
  lap.pglite = await writeAll(spans);
  // The first round warms everything up.
  if (round > 0) for (const [name, seconds] of Object.entries(lap)) laps[name]?.push(SPANS / seconds);
}
const delay = await steadyDelay();

const samples = (...names: string[]) => names.map((name) => laps[name] ?? []);
const rate = (name: string) =>
  withRange(
    overRounds(samples(name), (spans) => spans / 1_000),
    1,
  );
const ratio = (name: string, base: string) =>
  overRounds(samples(name, base), (spans, copied) => spans / copied);
const results = [
  { name: 'PostgreSQL: COPY, one connection', lap: 'copy', base: 'copy' },
  { name: 'PostgreSQL: exporter, one connection', lap: 'one', base: 'copy' },
  { name: 'PostgreSQL: exporter, two connections', lap: 'two', base: 'copy' },
  { name: 'PGlite: COPY', lap: 'pgliteCopy', base: 'pgliteCopy' },
  { name: 'PGlite: store', lap: 'pglite', base: 'pgliteCopy' },
].map(({ name, lap, base }) => ({ name, rate: rate(lap), ratio: ratio(lap, base) }));

console.log(`1,000 spans a second, median of ${ROUNDS} rounds of ${SPANS} (between the quartiles)
Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}

${table([['', '1,000 spans/s', 'of COPY'], ...results.map(({ name, rate, ratio }) => [name, rate, withRange(ratio, 2)])])}

last commit to last roll-up: ${Math.round(Math.max(...settling))} ms at most
event-loop delay at ${STEADY_RATE} spans/s: p50 ${delay.p50.toFixed(1)} ms, p99 ${delay.p99.toFixed(1)} ms, most ${delay.most.toFixed(1)} ms
`);
console.log(JSON.stringify({ results, delay }));

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
  await engine.exec('TRUNCATE agentops.spans, agentops.traces, agentops.sessions, agentops.dirty_traces');
  await engine.exec('CHECKPOINT');
}

/** Seconds until all of `spans` are committed. */
async function exportAll(spans: ReadableSpan[], connections: number): Promise<number> {
  await empty(databases.exporter);
  const exporter = new PostgresSpanExporter({ url: exporterUrl, poolSize: connections }, {});
  await exported(exporter, spans.slice(0, 1));
  const began = performance.now();
  const exports: Promise<void>[] = [];
  for (let start = 1; start < spans.length; start += SPANS_PER_EXPORT) {
    exports.push(exported(exporter, spans.slice(start, start + SPANS_PER_EXPORT)));
  }
  await Promise.all(exports);
  const seconds = (performance.now() - began) / 1_000;
  const committed = performance.now();
  await exporter.shutdown();
  settling.push(performance.now() - committed);
  return seconds;
}

function exported(exporter: PostgresSpanExporter, spans: ReadableSpan[]): Promise<void> {
  return new Promise((resolve, reject) =>
    exporter.export(spans, ({ error }) => (error ? reject(error) : resolve())),
  );
}

/** The rows of the last export, as COPY writes them. */
async function dumpOf(engine: Engine): Promise<Buffer> {
  const [row] = await engine.query<{ directory: string }>(
    `SELECT current_setting('data_directory') AS directory`,
  );
  const path = join(row?.directory ?? '', 'bench.copy');
  await engine.exec(`COPY (SELECT * FROM agentops.spans) TO '${path}'`);
  return readFile(path);
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
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  histogram.disable();
  await Promise.all(exports);
  await exporter.shutdown();
  // The histogram counts the millisecond between two looks as well.
  const ms = (ns: number) => ns / 1e6 - 1;
  return { p50: ms(histogram.percentile(50)), p99: ms(histogram.percentile(99)), most: ms(histogram.max) };
}
