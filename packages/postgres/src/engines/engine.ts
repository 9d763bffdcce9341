import { isConflict } from '../errors.ts';

/** Something that runs SQL: an engine, or one of its transactions. */
export interface Queryable {
  /** Runs one statement. 64-bit integers and numerics come back as decimal strings. */
  query<Row>(text: string, params?: readonly unknown[]): Promise<Row[]>;
  /** Runs any number of statements without parameters. */
  exec(sql: string): Promise<void>;
}

/** What a transaction runs its SQL on. */
export interface Transaction extends Queryable {
  /** Runs `COPY … FROM STDIN` with the bytes of `chunks`, which are made as they are needed. */
  copy(sql: string, chunks: Iterable<Buffer>): Promise<void>;
}

/** A PostgreSQL, wherever it runs. Failures keep the SQLSTATE in `code`. */
export interface Engine extends Queryable {
  /** How wide a partition of `spans` is; an engine that pays for every table uses wider ones. */
  readonly partitionBy: 'day' | 'month';
  /**
   * Runs `run` in one READ COMMITTED transaction: committed when it resolves, rolled back when it rejects. Where
   * `signal` aborts before the end, the connection is cut and the transaction rejects.
   */
  transaction<T>(run: (tx: Transaction) => Promise<T>, signal?: AbortSignal): Promise<T>;
  /** Closes the engine when what it runs has ended. Where `patience` aborts before, that is cut off. */
  close(patience?: AbortSignal): Promise<void>;
}

/** What every engine opens its transactions with: roll-ups rely on a fresh snapshot for each statement. */
export const BEGIN = 'BEGIN ISOLATION LEVEL READ COMMITTED';

const CONFLICT_RETRIES = 5;

/** Runs a transaction, and runs it again where it lost against a concurrent one. */
export async function transact<T>(
  engine: Engine,
  run: (tx: Transaction) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  for (let retries = 0; ; retries++) {
    try {
      return await engine.transaction(run, signal);
    } catch (error) {
      if (!isConflict(error) || retries === CONFLICT_RETRIES || signal?.aborted) throw error;
    }
  }
}
