import { isConflict } from '../errors.ts';

/** Something that runs SQL: an engine, or one of its transactions. */
export interface Queryable {
  /** Runs one statement. 64-bit integers and numerics come back as decimal strings. */
  query<Row>(text: string, params?: readonly unknown[]): Promise<Row[]>;
  /** Runs any number of statements without parameters. */
  exec(sql: string): Promise<void>;
}

/** Something that runs single statements. */
export type Reads = Pick<Queryable, 'query'>;

/** Bytes that are made as they are needed. Who asks for the next ones may say that those before can be written over. */
export type Chunks = Iterable<Buffer, void, boolean | undefined>;

/** What a transaction runs its SQL on. */
export interface Transaction extends Queryable {
  /** Runs `COPY … FROM STDIN` with the bytes of `chunks`. */
  copy(sql: string, chunks: Chunks): Promise<void>;
}

/** Rows for a table and a statement that belongs to them. */
export interface Load {
  /** `COPY … FROM STDIN` */
  sql: string;
  /** Asked for again where the load is tried again. */
  chunks(): Chunks;
  /** Runs when the rows are in; its parameters are `$1`, `$2`, … */
  after: { text: string; params: readonly string[] };
}

/** A PostgreSQL, wherever it runs. Failures keep the SQLSTATE in `code`. */
export interface Engine extends Queryable {
  /** How wide a partition of `spans` is; an engine that pays for every table uses wider ones. */
  readonly partitionBy: 'day' | 'month';
  /** Whether it vacuums its tables by itself. */
  readonly vacuums: boolean;
  /**
   * Runs `run` in one READ COMMITTED transaction: committed when it resolves, rolled back when it rejects. Where
   * `signal` aborts before the end, the connection is cut and the transaction rejects.
   */
  transaction<T>(run: (tx: Transaction) => Promise<T>, signal?: AbortSignal): Promise<T>;
  /** Runs `load` as one transaction, in as few messages as can be. `signal` as above. */
  load(load: Load, signal?: AbortSignal): Promise<void>;
  /**
   * The same database for single statements that only read, each of which is stopped after `limit` ms and rejects with
   * a `StoreError` of code `timeout`.
   */
  bounded(limit: number): Reads;
  /** Closes the engine when what it runs has ended. Where `patience` aborts before, that is cut off. */
  close(patience?: AbortSignal): Promise<void>;
}

/** What every engine opens its transactions with: roll-ups rely on a fresh snapshot for each statement. */
export const BEGIN = 'BEGIN ISOLATION LEVEL READ COMMITTED';

const CONFLICT_RETRIES = 5;

/** Runs a transaction, and runs it again where it lost against a concurrent one. */
export function transact<T>(
  engine: Engine,
  run: (tx: Transaction) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  return againstConflicts(() => engine.transaction(run, signal), signal);
}

/** The same for a transaction of any kind. */
export async function againstConflicts<T>(
  transaction: () => Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  for (let retries = 0; ; retries++) {
    try {
      return await transaction();
    } catch (error) {
      if (!isConflict(error) || retries === CONFLICT_RETRIES || signal?.aborted) throw error;
    }
  }
}
