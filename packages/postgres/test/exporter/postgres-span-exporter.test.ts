import { setImmediate as turn } from 'node:timers/promises';
import { PostgresSpanExporter, type PostgresSpanExporterOptions } from '@agentops/postgres';
import { DiagLogLevel, diag } from '@opentelemetry/api';
import { ExportResultCode } from '@opentelemetry/core';
import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import { BatchSpanProcessor, type ReadableSpan, TracerProvider } from '@opentelemetry/sdk-trace';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { freePort, ownPostgres, type PostgresServer, startPostgres } from '../postgres-server.ts';
import { exported, someSpans } from './readable-spans.ts';

let server: PostgresServer;
let url: string;
let database: Client;
let exporters: PostgresSpanExporter[];
let log: string[];

beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

beforeEach(async () => {
  url = await server.newDatabase();
  database = new Client(url);
  await database.connect();
  exporters = [];
  log = [];
  const keep = (message: string) => void log.push(message);
  diag.setLogger(
    { error: keep, warn: keep, info: keep, debug: keep, verbose: keep },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
});
afterEach(async () => {
  diag.disable();
  await database.query('ROLLBACK');
  await Promise.all(exporters.map((exporter) => exporter.shutdown()));
  await database.end();
});

function exporterOf(options: PostgresSpanExporterOptions = {}, environment = {}): PostgresSpanExporter {
  const exporter = new PostgresSpanExporter({ url, ...options }, environment);
  exporters.push(exporter);
  return exporter;
}

const request = (spans: ReadableSpan[]): Uint8Array => {
  const bytes = ProtobufTraceSerializer.serializeRequest(spans);
  if (!bytes) throw new Error('not serialised');
  return bytes;
};

const stored = async (table = 'agentops.spans') =>
  (await database.query<Record<string, unknown>>(`SELECT * FROM ${table} ORDER BY start_time, span_id`)).rows;

/** Resolves when some statement waits for a lock. */
const waits = async () => {
  while ((await database.query(WAITING)).rowCount === 0);
};
const WAITING = `SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`;

describe('D1: the PostgreSQL exporter in an OpenTelemetry of the application', () => {
  it('stores what a batch processor gives it', async () => {
    const exporter = exporterOf();
    const provider = new TracerProvider({ spanProcessors: [new BatchSpanProcessor({ exporter })] });
    const span = provider.getTracer('app').startSpan('work', { attributes: { answer: 42 } });
    span.end();
    await provider.forceFlush();
    expect(await stored()).toMatchObject([
      {
        project_id: 'default',
        trace_id: span.spanContext().traceId,
        span_id: span.spanContext().spanId,
        operation_name: 'work',
        attributes: { answer: 42 },
        status: 0,
      },
    ]);
    await provider.shutdown();
    const { rows } = await database.query('SELECT spans, trace_id FROM agentops.sessions');
    expect(rows).toEqual([{ spans: '1', trace_id: span.spanContext().traceId }]);
  });

  it('stores the same rows for spans as for their OTLP request', async () => {
    const spans = someSpans(20);
    await exported(exporterOf({ project: 'spans' }), spans);
    expect(await exporterOf({ project: 'request' }).write(request(spans))).toEqual({ stored: 20 });
    const rows = (await stored()).map(({ ingested_at, ...row }) => row);
    const of = (project: string) =>
      rows.filter((row) => row.project_id === project).map(({ project_id, ...row }) => row);
    expect(of('spans')).toHaveLength(20);
    expect(of('spans')).toEqual(of('request'));
  });

  it('keeps apart what it sends faster than the server takes it', async () => {
    const count = 5_000;
    await exported(exporterOf({ batchSize: count }), someSpans(count));
    const { rows } = await database.query(
      `SELECT count(DISTINCT span_id) AS spans, count(*) FILTER (WHERE operation_name = 'step ' || (attributes->>'number')) AS whole
       FROM agentops.spans`,
    );
    expect(rows).toEqual([{ spans: String(count), whole: String(count - 1) }]);
  });

  it('stores empty lists for spans without events and links, also in an export that has others', async () => {
    const exporter = exporterOf();
    const [root] = someSpans(1);
    const mixed = someSpans(3);
    if (!root) throw new Error('no span');
    await exported(exporter, [root]);
    await exported(exporter, mixed);
    const lists = (await stored()).map(({ events, links }) =>
      [events, links].map((list) => (list as []).length),
    );
    expect(lists.sort()).toEqual([
      [0, 0],
      [0, 0],
      [1, 1],
      [1, 1],
    ]);
  });

  it('stores of a span before its end what it was when it was exported', async () => {
    const exporter = exporterOf({ interval: 60_000 });
    const span = new TracerProvider()
      .getTracer('test')
      .startSpan('running', { attributes: { step: 'first' } });
    const told = exported(exporter, [span as unknown as ReadableSpan]);
    for (let turns = 0; turns < 5; turns++) await turn();
    span.setAttribute('step', 'second');
    await exporter.forceFlush();
    await told;
    expect(await stored()).toMatchObject([{ end_time: null, attributes: { step: 'first' } }]);
  });

  it('does not change a span', async () => {
    const spans = someSpans(3);
    const copy = structuredClone(
      spans.map(({ attributes, events, links, status }) => ({ attributes, events, links, status })),
    );
    for (const span of spans) {
      Object.freeze(span);
      Object.freeze(span.attributes);
    }
    expect(await exported(exporterOf(), spans)).toEqual({ code: ExportResultCode.SUCCESS });
    expect(
      spans.map(({ attributes, events, links, status }) => ({ attributes, events, links, status })),
    ).toEqual(copy);
  });

  it('leaves one finished row of a span that comes both ways, and before its end', async () => {
    const exporter = exporterOf();
    const spans = someSpans(4);
    const unfinished = spans.map((span) => ({
      ...span,
      ended: false,
      spanContext: () => span.spanContext(),
    }));
    await exported(exporter, unfinished as ReadableSpan[]);
    expect((await stored()).map((row) => row.end_time)).toEqual([null, null, null, null]);
    await exported(exporter, spans);
    await exporter.write(request(spans));
    await exported(exporter, unfinished as ReadableSpan[]);
    const rows = await stored();
    expect(rows).toHaveLength(4);
    for (const row of rows) expect(row.end_time).not.toBeNull();
  });

  it('splits and gathers exports to batches of the size given', async () => {
    const exporter = exporterOf({ batchSize: 30, poolSize: 1, interval: 60_000 });
    const spans = someSpans(100);
    const results = [spans.slice(0, 70), spans.slice(70, 75), spans.slice(75)].map((part) =>
      exported(exporter, part),
    );
    await exporter.forceFlush();
    expect(await Promise.all(results)).toEqual(results.map(() => ({ code: ExportResultCode.SUCCESS })));
    expect(await stored()).toHaveLength(100);
    const { rows } = await database.query(
      'SELECT count(DISTINCT ingested_at)::int AS transactions FROM agentops.spans',
    );
    expect(rows[0]?.transactions).toBeGreaterThanOrEqual(4);
    expect(rows[0]?.transactions).toBeLessThanOrEqual(5);
  });

  it('splits an export of large spans to batches of some megabytes, and leaves a larger span alone', async () => {
    const large = (span: ReadableSpan, megabytes: number) =>
      ({
        ...span,
        ended: true,
        attributes: { text: 'x'.repeat(megabytes * 1_000_000) },
        spanContext: () => span.spanContext(),
      }) as unknown as ReadableSpan;
    const spans = someSpans(16).map((span, index) => large(span, index === 0 ? 9 : 1));
    expect(await exported(exporterOf({ poolSize: 1 }), spans)).toEqual({ code: ExportResultCode.SUCCESS });
    const { rows } = await database.query(
      'SELECT count(*)::int AS spans FROM agentops.spans GROUP BY ingested_at ORDER BY ingested_at',
    );
    expect(rows).toEqual([{ spans: 1 }, { spans: 7 }, { spans: 7 }, { spans: 1 }]);
  });

  it('stores the rest of an export of which one span can never be stored, and names that one', async () => {
    const [first, ...rest] = someSpans(10) as [ReadableSpan, ...ReadableSpan[]];
    const poison = {
      ...first,
      startTime: [2 ** 40, 0],
      spanContext: () => first.spanContext(),
    } as unknown as ReadableSpan;
    expect(await exported(exporterOf(), [poison, ...rest])).toEqual({ code: ExportResultCode.SUCCESS });
    expect(await stored()).toHaveLength(9);
    expect(log.join()).toContain(
      `span ${first.spanContext().spanId} of trace ${first.spanContext().traceId}`,
    );
    expect(await exporterOf().write(request([poison, ...rest]))).toMatchObject({
      stored: 9,
      rejected: { count: 1, message: expect.stringContaining(first.spanContext().spanId) },
    });
  });

  it('stores the rest of a batch in which the application gave spans times that are none', async () => {
    const exporter = exporterOf();
    const provider = new TracerProvider({ spanProcessors: [new BatchSpanProcessor({ exporter })] });
    const tracer = provider.getTracer('app');
    const flawed = [
      tracer.startSpan('started at NaN', { startTime: Number.NaN }),
      tracer.startSpan('started at no date', { startTime: new Date('no date') }),
      tracer.startSpan('started at half a nanosecond', { startTime: [1_795_000_000, 0.5] }),
    ];
    const fine = tracer.startSpan('fine').addEvent('when?', {}, Number.NaN);
    for (const span of [...flawed, fine]) span.end();
    await provider.forceFlush();
    expect(await stored()).toMatchObject([
      { operation_name: 'fine', events: [{ name: 'when?', time: '0' }] },
    ]);
    for (const span of flawed) {
      const { traceId, spanId } = span.spanContext();
      expect(log.join()).toContain(`span ${spanId} of trace ${traceId}: the span cannot be read`);
    }
    const { rows } = await database.query(
      `SELECT payload::jsonb->>'operation_name' AS name, reason FROM agentops.rejected_spans ORDER BY name`,
    );
    expect(rows.map(({ name }) => name)).toEqual([
      'started at NaN',
      'started at half a nanosecond',
      'started at no date',
    ]);
    for (const { reason } of rows) expect(reason).toContain('cannot be converted to a BigInt');
  });

  it('rejects a span that ended before 1970', async () => {
    const [span] = someSpans(1) as [ReadableSpan];
    const flawed = { ...span, ended: true, endTime: [-5, 0], spanContext: () => span.spanContext() };
    await exported(exporterOf(), [flawed as unknown as ReadableSpan]);
    expect(await stored()).toEqual([]);
    const { rows } = await database.query('SELECT span_id, reason FROM agentops.rejected_spans');
    expect(rows).toEqual([
      { span_id: span.spanContext().spanId, reason: expect.stringContaining('end_time -5000000000') },
    ]);
  });

  it('rejects what began more than 30 days ago or after tomorrow, unless it is to be imported', async () => {
    const now = Math.floor(Date.now() / 1_000);
    const day = 86_400;
    const at = (seconds: number) => {
      const [span] = someSpans(1) as [ReadableSpan];
      return {
        ...span,
        startTime: [seconds, 0],
        endTime: [seconds, 1],
        spanContext: () => span.spanContext(),
      };
    };
    const times = [now - 32 * day, now - 29 * day, now, now + 3 * day];
    const spans = times.map(at) as unknown as ReadableSpan[];
    expect(await exporterOf().write(request(spans))).toMatchObject({
      stored: 2,
      rejected: { count: 2, message: expect.stringContaining('old data, which has to be imported') },
    });
    expect(await exporterOf({ anyTime: true }).write(request(spans))).toEqual({ stored: 4 });
  });

  it('takes any schema and table', async () => {
    const names = { schema: `it's "my" schema\\`, table: 'Spans of $1 & $$' };
    const exporter = exporterOf(names);
    await exported(exporter, someSpans(5));
    await exporter.shutdown();
    expect(await stored(`"it's ""my"" schema\\"."Spans of $1 & $$"`)).toHaveLength(5);
    const { rows } = await database.query(
      `SELECT DISTINCT schemaname FROM pg_tables WHERE tablename LIKE 'Spans%' OR tablename = 'sessions'`,
    );
    expect(rows).toEqual([{ schemaname: names.schema }]);
    const sessions = await database.query(`SELECT spans FROM "it's ""my"" schema\\".sessions`);
    expect(sessions.rows).toEqual([{ spans: '5' }]);
  });

  it('gives the event loop its turns while it goes through many spans', async () => {
    const exporter = exporterOf();
    await exported(exporter, someSpans(1));
    const spans = someSpans(5_000);
    let looks = 0;
    for (const span of spans) {
      const { attributes } = span;
      Object.defineProperty(span, 'attributes', {
        get: () => {
          looks += 1;
          return attributes;
        },
      });
    }
    let most = 0;
    let before = 0;
    let watching = true;
    const watch = () => {
      most = Math.max(most, looks - before);
      before = looks;
      if (watching) setImmediate(watch);
    };
    setImmediate(watch);
    await exported(exporter, spans);
    watching = false;
    expect(looks).toBeGreaterThanOrEqual(spans.length);
    expect(most).toBeLessThan(looks / 2);
  });
});

describe('D1: what the PostgreSQL exporter does about faults', () => {
  const failure = (exporter: PostgresSpanExporter) =>
    exporter.write(request(someSpans(1))).catch((error) => error);

  it('says that the password is wrong, and does not try again', async () => {
    const exporter = exporterOf({ url: url.replace(':password@', ':wrong@') });
    expect(await failure(exporter)).toMatchObject({
      retryable: false,
      message: expect.stringMatching(/password authentication failed.*check the user and the password/),
    });
    const result = await exported(exporter, someSpans(2));
    expect(result.code).toBe(ExportResultCode.FAILED);
    expect(log).toHaveLength(1);
    expect(log[0]).toMatch(/2 spans were not stored \([0-9a-f]{32}\/[0-9a-f]{16}, /);
    expect(log.join()).not.toContain(':wrong');
  });

  it.each([
    ['a database that is not there', { database: 'nowhere' }, /does not exist.*create the database/],
    ['a server that is not there', { port: 1 }, /ECONNREFUSED.*check that PostgreSQL runs/],
  ])('says what to do about %s', async (_, parts, message) => {
    const { port, password } = new URL(url);
    const exporter = exporterOf({
      url: undefined,
      host: '127.0.0.1',
      port: Number(port),
      user: 'postgres',
      password,
      database: 'postgres',
      ...parts,
      ...('port' in parts && { port: await freePort() }),
    });
    expect(await failure(exporter)).toMatchObject({
      retryable: 'port' in parts,
      message: expect.stringMatching(message),
    });
  });

  it('gives up after the retries, which is told', async () => {
    const exporter = exporterOf({ url: `postgres://127.0.0.1:${await freePort()}/x`, retries: 1 });
    expect((await exported(exporter, someSpans(1))).code).toBe(ExportResultCode.FAILED);
    expect(log).toEqual([
      expect.stringContaining('are sent again in'),
      expect.stringContaining('1 spans were not stored'),
    ]);
  });

  it('ends one attempt with its timeout, and with the signal of the caller', async () => {
    const exporter = exporterOf({ timeout: 500 });
    await exporter.write(request(someSpans(1)));
    await database.query('BEGIN; LOCK TABLE agentops.dirty_traces');
    expect(await failure(exporter)).toMatchObject({
      retryable: true,
      message: expect.stringMatching(/within 500 ms.*timeout/),
    });

    const caller = new AbortController();
    const spans = someSpans(1);
    const patient = exporterOf({ timeout: 60_000 });
    const writing = patient.write(request(spans), caller.signal);
    await waits();
    caller.abort();
    await expect(writing).rejects.toMatchObject({ retryable: true });
    await database.query('ROLLBACK');
    expect(await patient.write(request(spans))).toEqual({ stored: 1 });
    const { rows } = await database.query('SELECT FROM agentops.spans WHERE span_id = $1', [
      spans[0]?.spanContext().spanId,
    ]);
    expect(rows).toHaveLength(1);
  });

  it('stores everything once although its connection is cut in mid-write', async () => {
    const exporter = exporterOf();
    await exported(exporter, someSpans(1));
    await database.query('BEGIN; LOCK TABLE agentops.dirty_traces');
    const result = exported(exporter, someSpans(50));
    await waits();
    await database.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'agentops' AND datname = current_database()`,
    );
    await database.query('ROLLBACK');
    expect(await result).toEqual({ code: ExportResultCode.SUCCESS });
    expect(await stored()).toHaveLength(51);
  });

  it('tries again what the server cancelled after its statement_timeout', async () => {
    const name = (await database.query('SELECT current_database() AS name')).rows[0]?.name;
    await exported(exporterOf(), someSpans(1));
    await database.query(`ALTER DATABASE ${name} SET statement_timeout = '200ms'`);
    await database.query('BEGIN; LOCK TABLE agentops.dirty_traces');
    const result = exported(exporterOf(), someSpans(10));
    while (!log.join().includes('57014')) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(log.join()).toContain('raise statement_timeout');
    await database.query('ROLLBACK');
    expect(await result).toEqual({ code: ExportResultCode.SUCCESS });
    expect(await stored()).toHaveLength(11);
  });

  it('says that its table is gone', async () => {
    const exporter = exporterOf();
    await exported(exporter, someSpans(1));
    await database.query('DROP TABLE agentops.spans CASCADE');
    for (const each of [exporter, exporterOf()]) {
      expect(await failure(each)).toMatchObject({
        retryable: false,
        message: expect.stringMatching(/dropped it/),
      });
    }
  });

  it('refuses a schema that a newer program has made, and one that nobody has', async () => {
    expect(await failure(exporterOf({ migrate: false }))).toMatchObject({
      code: 'older_schema',
      retryable: false,
      message: expect.stringContaining('migrate: true'),
    });
    await exported(exporterOf(), someSpans(1));
    expect(await exporterOf({ migrate: false }).write(request(someSpans(1)))).toEqual({ stored: 1 });
    await database.query('INSERT INTO agentops.schema_version (version) VALUES (9000)');
    for (const migrate of [true, false]) {
      expect(await failure(exporterOf({ migrate }))).toMatchObject({
        code: 'newer_schema',
        retryable: false,
      });
    }
  });

  it('says so where the schema was made for another table', async () => {
    await exported(exporterOf(), someSpans(1));
    expect(await failure(exporterOf({ table: 'other' }))).toMatchObject({
      retryable: false,
      message: expect.stringContaining('no table other'),
    });
  });

  it.each([{ table: 'sessions' }, { schema: 'public' }])(
    'touches nothing of another table that has a name it needs, and says what to do: %j',
    async (names) => {
      await database.query('CREATE TABLE public.sessions (mine text)');
      expect(await failure(exporterOf(names))).toMatchObject({
        retryable: false,
        message: expect.stringMatching(/"sessions" already exists.*name another table/),
      });
      const { rows } = await database.query(
        `SELECT tablename FROM pg_tables WHERE schemaname IN ('public', 'agentops')`,
      );
      expect(rows).toEqual([{ tablename: 'sessions' }]);
    },
  );

  it('says what to do where the user may only read', async () => {
    await exported(exporterOf(), someSpans(1));
    const name = (await database.query('SELECT current_database() AS name')).rows[0]?.name;
    await database.query(`ALTER DATABASE ${name} SET default_transaction_read_only = on`);
    expect(await failure(exporterOf())).toMatchObject({
      retryable: true,
      message: expect.stringMatching(/read-only transaction.*let this user write/),
    });
  });

  it('refuses what is not an OTLP request', async () => {
    await expect(exporterOf().write(Buffer.from('nonsense'))).rejects.toMatchObject({ retryable: false });
  });

  it('refuses exports after its shutdown', async () => {
    const exporter = exporterOf();
    await exporter.shutdown();
    expect((await exported(exporter, someSpans(1))).code).toBe(ExportResultCode.FAILED);
    await expect(exporter.write(request(someSpans(1)))).rejects.toThrow('shut down');
  });

  it('stores every span once although the database is stopped and started in mid-ingest', async () => {
    const own = await ownPostgres();
    await own.start();
    const exporter = exporterOf({ url: own.url, batchSize: 50, retries: 100 });
    const spans = someSpans(1_000);
    const results: Promise<unknown>[] = [];
    for (let start = 0; start < spans.length; start += 50) {
      results.push(exported(exporter, spans.slice(start, start + 50)));
      if (start === 300) await results[2];
      if (start === 500) await own.stop();
      if (start === 700) await own.start();
    }
    expect(await Promise.all(results)).toEqual(results.map(() => ({ code: ExportResultCode.SUCCESS })));
    const client = new Client(own.url);
    await client.connect();
    const { rows } = await client.query(
      'SELECT count(*)::int AS rows, count(DISTINCT span_id)::int AS spans FROM agentops.spans',
    );
    expect(rows).toEqual([{ rows: 1_000, spans: 1_000 }]);
    await client.end();
    await exporter.shutdown();
    await own.remove();
  });
});
