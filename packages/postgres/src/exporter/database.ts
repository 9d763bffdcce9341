import type { UnstorableSpan } from '@agentops/otlp';
import type { Engine } from '../engines/engine.ts';
import { withNames } from '../engines/names.ts';
import { postgresEngine } from '../engines/postgres.ts';
import { StoreError, toStoreError } from '../errors.ts';
import { Topology } from '../rollup/topology.ts';
import { RollupWorker } from '../rollup/worker.ts';
import { migrate, requireSchema } from '../schema/migrations.ts';
import { hasTable } from '../schema/tables.ts';
import type { WriteResult } from '../store.ts';
import { USUAL_DAYS } from '../write/accepted-days.ts';
import type { Incoming } from '../write/incoming.ts';
import { Writer } from '../write/writer.ts';
import type { Settings } from './settings.ts';

/** Least time from a write to the roll-up of its sessions, in milliseconds. */
const ROLLUP_INTERVAL = 1_000;

/** Milliseconds for connections that were cut off to be gone. */
const CUTTING = 100;

/** The database an exporter writes to: its own small pool, opened with the first write. Keeps no process alive. */
export class Database {
  readonly #settings: Settings;
  readonly #engine: Engine;
  readonly #writer: Writer;
  readonly #rollups: RollupWorker;
  #ready: Promise<void> | undefined;

  /** @param onError Told of failures in the background, which nobody waits for. */
  constructor(settings: Settings, onError: (error: StoreError) => void) {
    this.#settings = settings;
    this.#engine = withNames(
      postgresEngine(settings.connection, settings.ssl, { allowExitOnUse: true }),
      settings.names,
    );
    this.#writer = new Writer(this.#engine, settings.anyTime ? undefined : USUAL_DAYS);
    this.#rollups = new RollupWorker(this.#engine, new Topology(this.#engine), {
      interval: ROLLUP_INTERVAL,
      onError: (error) => onError(toStoreError(error)),
    });
  }

  /**
   * Writes in one attempt, which ends with `timeout` or with `signal`. Rejects with a `StoreError`.
   *
   * @param unstorable Set aside.
   */
  async write(
    rows: readonly Incoming[],
    unstorable: readonly UnstorableSpan[],
    signal?: AbortSignal,
  ): Promise<WriteResult> {
    const { project, timeout, rollups } = this.#settings;
    const limit = new AbortController();
    const abort = () => limit.abort(signal?.reason);
    const timer = setTimeout(() => limit.abort(timedOut(timeout)), timeout).unref();
    signal?.addEventListener('abort', abort, { once: true });
    try {
      if (signal?.aborted) abort();
      await unlessAborted(this.#open(), limit.signal);
      const written = this.#writer.write(project, rows, limit.signal);
      const result = await unlessAborted(written, limit.signal);
      await unlessAborted(this.#writer.setAside(project, unstorable), limit.signal);
      if (rollups && result.stored > 0) this.#rollups.schedule();
      return result;
    } catch (error) {
      const failure = toStoreError(limit.signal.aborted ? aborted(limit.signal.reason) : error);
      // Whoever mends a schema may have dropped it first.
      if (failure.barred) this.#ready = undefined;
      throw failure;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    }
  }

  /** Rolls up what was written and closes the pool, in `patience` milliseconds; what takes longer is cut off. */
  async close(patience: number): Promise<void> {
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), patience);
    const finish = async () => {
      // What is not rolled up keeps its mark, and the next process on the database does it.
      if (this.#settings.rollups && this.#ready) await this.#rollups.settle();
      await this.#rollups.stop();
    };
    await unlessAborted(finish(), limit.signal).catch(() => {});
    // A connection that is being made cannot be cut off.
    const late = new AbortController();
    let cutting: NodeJS.Timeout | undefined;
    const cut = () => {
      cutting = setTimeout(() => late.abort(), CUTTING);
    };
    limit.signal.addEventListener('abort', cut, { once: true });
    if (limit.signal.aborted) cut();
    await unlessAborted(this.#engine.close(limit.signal), late.signal).catch(() => {});
    clearTimeout(timer);
    clearTimeout(cutting);
  }

  #open(): Promise<void> {
    this.#ready ??= this.#prepare().catch((error: unknown) => {
      this.#ready = undefined;
      throw error;
    });
    return this.#ready;
  }

  async #prepare(): Promise<void> {
    const { names, migrate: mayMigrate } = this.#settings;
    if (mayMigrate) await migrate(this.#engine);
    else await requireSchema(this.#engine);
    if (await hasTable(this.#engine, 'spans')) return;
    throw new StoreError(
      'invalid_options',
      `The schema ${names.schema} has no table ${names.table}: it was made for a table of another name, or somebody ` +
        'has dropped it; name that table, or another schema',
    );
  }
}

function timedOut(timeout: number): StoreError {
  return new StoreError(
    'unavailable',
    `The database did not answer within ${timeout} ms; what was sent is sent again. Raise the timeout, or write smaller batches`,
  );
}

function aborted(reason: unknown): StoreError {
  if (reason instanceof StoreError) return reason;
  return new StoreError('unavailable', 'The write was given up before the database had confirmed it', {
    cause: reason,
  });
}

/** What `work` settles to, or a rejection as soon as `signal` aborts. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
