import { setImmediate as turn } from 'node:timers/promises';
import {
  decodeTracesInSlices,
  OtlpDecodeError,
  type RejectedSpan,
  type UnstorableSpan,
} from '@agentops/otlp';
import { context, diag, ROOT_CONTEXT } from '@opentelemetry/api';
import { type ExportResult, ExportResultCode, suppressTracing } from '@opentelemetry/core';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import { messageOf, StoreError, toStoreError } from '../errors.ts';
import { DecodedRow, type Incoming } from '../write/incoming.ts';
import { Database } from './database.ts';
import type { Environment } from './environment.ts';
import { Gathering } from './gathering.ts';
import { incomingOf } from './incoming-spans.ts';
import type { PostgresSpanExporterOptions } from './options.ts';
import { Retrying } from './retrying.ts';
import { type Settings, settingsOf } from './settings.ts';

/** What became of the spans of an OTLP request. */
export interface WriteOutcome {
  /** Spans that are in the database now, whether this request put them there or an earlier one had. */
  readonly stored: number;
  /** Spans that can never be stored, of which resending saves none. */
  readonly rejected?: { readonly count: number; readonly message: string };
}

/** Spans that may wait to be stored. More come only from processors that wait for no export. */
const MOST_WAITING = 100_000;
/** Milliseconds for the last roll-up at the end. */
const LAST_ROLLUP = 2_000;
/** Bytes of one transaction at most, about: a batch must be written within the timeout of one attempt. */
const BATCH_BYTES = 8_000_000;
/** A message names so many spans. */
const NAMED_SPANS = 5;

/**
 * Stores spans in PostgreSQL 15 or newer. A plain OpenTelemetry exporter: give it to any `BatchSpanProcessor`.
 *
 * The schema is made with the first export. Delivery is at least once and a span is one row however often it comes; one
 * that is exported before its end gives way to the finished one. Spans are only read. Failures are told to OpenTelemetry's
 * `diag` and to whoever called, with what to do; nothing throws but the constructor.
 */
export class PostgresSpanExporter implements SpanExporter {
  readonly #settings: Settings;
  readonly #database: Database;
  readonly #retrying: Retrying;
  readonly #gathering: Gathering;
  readonly #exports = new Set<Promise<void>>();
  #converted: Promise<void> = Promise.resolve();
  /** Spans that were given and are neither stored nor given up. */
  #waiting = 0;
  #closed: Promise<void> | undefined;
  /** Aborted when there is no more time for what waits. */
  #limit = new AbortController();
  readonly #onIdle = () => void this.#finish();

  /**
   * @param environment Where options that are not given are looked up.
   * @throws StoreError with code `invalid_options`, naming the option, where one has a wrong value
   */
  constructor(options: PostgresSpanExporterOptions = {}, environment: Environment = process.env) {
    this.#settings = settingsOf(options, environment, (message) =>
      diag.warn(`PostgresSpanExporter: ${message}`),
    );
    const { poolSize, batchSize, interval, retries } = this.#settings;
    this.#database = new Database(this.#settings, (error) =>
      diag.warn(`PostgresSpanExporter: the totals could not be brought up to date: ${error.message}`),
    );
    this.#retrying = new Retrying(retries, (error, wait) =>
      diag.warn(`PostgresSpanExporter: ${error.message}; the spans are sent again in ${Math.round(wait)} ms`),
    );
    this.#gathering = new Gathering({
      lanes: poolSize,
      batchSize,
      batchBytes: BATCH_BYTES,
      interval,
      write: (rows) => this.#writeGathered(rows),
    });
  }

  /** Stores `spans`, retrying what fails for a passing reason. The callback is told once they are committed. */
  export(spans: ReadableSpan[], resultCallback: (result: ExportResult) => void): void {
    const exported = untraced(() => this.#export(spans)).then(
      () => ({ code: ExportResultCode.SUCCESS }),
      (thrown: unknown) => {
        const error = toStoreError(thrown);
        diag.error(
          `PostgresSpanExporter: ${spans.length} spans were not stored (${nameSpans(spans)}): ${error.message}`,
        );
        return { code: ExportResultCode.FAILED, error };
      },
    );
    const settled = exported.then(resultCallback).finally(() => this.#settle(settled));
    // Nothing here keeps the process alive, for a database that does not answer would do so for minutes: what waits when there is
    // nothing else to do is given the time of one attempt.
    if (this.#exports.size === 0) process.on('beforeExit', this.#onIdle);
    this.#exports.add(settled);
    settled.catch((error: unknown) =>
      diag.error(`PostgresSpanExporter: the callback threw: ${messageOf(error)}`),
    );
  }

  /**
   * Stores the spans of an OTLP `ExportTraceServiceRequest` in one attempt: retries are the caller's.
   *
   * @param request protobuf, not compressed; it must not change until the promise settles
   * @param signal gives the attempt up; without one the process is kept alive until the promise settles
   * @throws StoreError of which `retryable` says whether the same call may succeed later, `barred` whether it will once
   * somebody has mended the set-up, the message what to do
   */
  write(request: Uint8Array, signal?: AbortSignal): Promise<WriteOutcome> {
    if (signal === undefined) return holding(() => this.write(request, new AbortController().signal));
    return untraced(async () => {
      this.#requireOpen();
      const decoded = await decodeTracesInSlices(request, 'application/x-protobuf', turn).catch(notARequest);
      const { stored, rejected } = await this.#database.write(
        decoded.rows.map((row) => new DecodedRow(row)),
        decoded.rejected,
        signal,
      );
      const lost = [...decoded.rejected, ...rejected];
      return lost.length === 0
        ? { stored }
        : { stored, rejected: { count: lost.length, message: describe(lost) } };
    });
  }

  /** Resolves when everything given to `export` so far is stored, or given up. */
  async forceFlush(): Promise<void> {
    const release = this.#gathering.hurry();
    await Promise.allSettled(this.#exports);
    release();
  }

  /**
   * Stores what was given, with one attempt more each and all of them in the time of one, and closes the pool. Later exports
   * fail.
   */
  shutdown(): Promise<void> {
    this.#closed ??= untraced(async () => {
      await this.#finish();
      await this.#database.close(LAST_ROLLUP);
    });
    return this.#closed;
  }

  async #export(spans: readonly ReadableSpan[]): Promise<void> {
    this.#requireOpen();
    if (this.#waiting + spans.length > MOST_WAITING) {
      throw new StoreError(
        'unavailable',
        `${MOST_WAITING} spans wait to be stored already; the database is too slow`,
      );
    }
    this.#waiting += spans.length;
    // One after the other, a batch ahead of the writes.
    const converted = this.#converted.then(() => this.#gathering.room()).then(() => incomingOf(spans));
    this.#converted = converted.then(nothing, nothing);
    try {
      const { rows, rejected } = await converted;
      this.#report(rejected);
      await Promise.all([this.#gathering.add(rows), this.#setAside(rejected)]);
    } finally {
      this.#waiting -= spans.length;
    }
  }

  async #writeGathered(rows: readonly Incoming[]): Promise<void> {
    const { rejected } = await this.#retrying.run(() => this.#database.write(rows, [], this.#limit.signal));
    this.#report(rejected);
  }

  /** Gives all that waits one more attempt and, together, the `timeout` of one. Keeps the process alive meanwhile. */
  async #finish(): Promise<void> {
    const { timeout } = this.#settings;
    const timer = setTimeout(() => this.#limit.abort(tooLate(timeout)), timeout);
    this.#retrying.hurry();
    await this.forceFlush();
    clearTimeout(timer);
    this.#retrying.calm();
    this.#limit = new AbortController();
  }

  #settle(settled: Promise<void>): void {
    this.#exports.delete(settled);
    if (this.#exports.size === 0) process.off('beforeExit', this.#onIdle);
  }

  /** Never rejects: the other spans of the export are none the worse for it. */
  async #setAside(unstorable: readonly UnstorableSpan[]): Promise<void> {
    if (unstorable.length === 0) return;
    try {
      await this.#retrying.run(() => this.#database.write([], unstorable, this.#limit.signal));
    } catch (error) {
      diag.warn(`PostgresSpanExporter: they could not be put into rejected_spans: ${messageOf(error)}`);
    }
  }

  #report(rejected: readonly RejectedSpan[]): void {
    if (rejected.length > 0) {
      diag.error(`PostgresSpanExporter: ${rejected.length} spans can never be stored: ${describe(rejected)}`);
    }
  }

  #requireOpen(): void {
    if (this.#closed) throw new StoreError('internal', 'The exporter has been shut down');
  }
}

function tooLate(timeout: number): StoreError {
  return new StoreError(
    'unavailable',
    `The database did not answer within ${timeout} ms, and the program is at its end. Raise the timeout, or check the database`,
  );
}

function nothing(): void {}

/** The longest time of a timer. */
const LONGEST = 2 ** 31 - 1;

/** Runs `work`, for which the process stays alive. */
async function holding<T>(work: () => Promise<T>): Promise<T> {
  const timer = setTimeout(nothing, LONGEST);
  try {
    return await work();
  } finally {
    clearTimeout(timer);
  }
}

/** Runs `work` so that an instrumentation of the database's client makes no spans of it, which would be exported again. */
function untraced<T>(work: () => Promise<T>): Promise<T> {
  return context.with(suppressTracing(ROOT_CONTEXT), work);
}

function notARequest(error: unknown): never {
  if (!(error instanceof OtlpDecodeError)) throw error;
  throw new StoreError('invalid_query', `The request is not OTLP: ${error.message}`, { cause: error });
}

function describe(rejected: readonly RejectedSpan[]): string {
  return shortened(
    rejected.map(({ trace_id, span_id, reason }) => `span ${span_id} of trace ${trace_id}: ${reason}`),
    '; ',
  );
}

function nameSpans(spans: readonly ReadableSpan[]): string {
  return shortened(
    spans.map((span) => `${span.spanContext().traceId}/${span.spanContext().spanId}`),
    ', ',
  );
}

function shortened(items: readonly string[], separator: string): string {
  const more = items.length - NAMED_SPANS;
  return [...items.slice(0, NAMED_SPANS), ...(more > 0 ? [`and ${more} more`] : [])].join(separator);
}
