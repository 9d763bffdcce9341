import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { StoreError, tooSlow } from '../errors.ts';
import { type DirectoryLock, lockDirectory } from './directory-lock.ts';
import { BEGIN, type Engine, type Load, type Reads, type Transaction } from './engine.ts';
import { PgliteThread } from './pglite-thread.ts';
import { type Purpose, Turns } from './turns.ts';

/** Where the embedded database keeps its data, and what it may cost. */
export interface PgliteOptions {
  /** A directory for this engine alone, created where it is missing. Without one the data lives in memory. */
  dataDir?: string;
  /**
   * Bytes of the database's memory, which only ever grows: once it has more, its thread is started anew from the
   * directory, between two statements. Default 1 GiB, of which 200 MB are in use from the start.
   */
  memoryLimit?: number;
}

const GiB = 1024 ** 3;

/** A read waits for its turn as long as this many reads may take. */
const PATIENCE = 5;
/** Longer ones are none to Node's timers. */
const LONGEST_TIMER = 2 ** 31 - 1;

/**
 * The embedded PostgreSQL: PGlite in a worker thread. It starts with the first statement and has one connection, so
 * transactions take turns. What it has committed survives the death of the process, not a power loss (it never fsyncs).
 * A data directory is locked against other processes while it is open.
 *
 * PGlite cannot stop a statement. A bounded read that takes too long is ended together with the thread, which is started
 * again from the directory; what waits goes on there. A database in memory would be lost with its thread: there the read
 * is rejected in time as well, but keeps the database busy until its end.
 */
export function pgliteEngine(options: PgliteOptions = {}): Engine {
  return new PgliteEngine(options);
}

class PgliteEngine implements Engine {
  readonly partitionBy = 'month';
  readonly vacuums = false;
  readonly #dataDir: string | undefined;
  readonly #memoryLimit: number;
  readonly #turns = new Turns();
  #lock: DirectoryLock | undefined;
  #thread: PgliteThread | undefined;
  #closed = false;

  constructor({ dataDir, memoryLimit = GiB }: PgliteOptions) {
    this.#dataDir = dataDir;
    this.#memoryLimit = memoryLimit;
  }

  query<Row>(text: string, params?: readonly unknown[]): Promise<Row[]> {
    return this.#inTurn('write', (thread) => queryable(thread).query<Row>(text, params));
  }

  exec(sql: string): Promise<void> {
    return this.#inTurn('write', (thread) => queryable(thread).exec(sql));
  }

  transaction<T>(run: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.#inTurn('write', async (thread) => {
      const tx = queryable(thread);
      await tx.exec(BEGIN);
      try {
        const result = await run(tx);
        await tx.exec('COMMIT');
        return result;
      } catch (error) {
        if (!thread.ended) await tx.exec('ROLLBACK');
        throw error;
      }
    });
  }

  load({ sql, chunks, after }: Load): Promise<void> {
    return this.transaction(async (tx) => {
      await tx.copy(sql, chunks());
      await tx.query(after.text, after.params);
    });
  }

  bounded(limit: number): Reads {
    return {
      query: <Row>(text: string, params?: readonly unknown[]) => this.#read<Row>(limit, text, params),
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#turns.idle();
    await this.#thread?.close();
    this.#lock?.release();
  }

  /** Runs `work` when its turn comes: there is one connection. */
  #inTurn<T>(
    purpose: Purpose,
    work: (thread: PgliteThread) => Promise<T>,
    waiting: { patience?: number; impatient?: () => Error } = {},
  ): Promise<T> {
    if (this.#closed)
      return Promise.reject(new StoreError('unavailable', 'The embedded database has been closed'));
    const takeTurn = async (): Promise<T> => {
      const thread = this.#openThread();
      try {
        return await work(thread);
      } finally {
        if (thread.memory > this.#memoryLimit && this.#dataDir !== undefined) {
          await thread.close().catch(() => thread.stop('could not be closed'));
        }
      }
    };
    return this.#turns.run(purpose, takeTurn, waiting);
  }

  #read<Row>(limit: number, text: string, params: readonly unknown[] | undefined): Promise<Row[]> {
    const answer = Promise.withResolvers<Row[]>();
    const turn = this.#inTurn(
      'read',
      async (thread) => {
        // Starting the database takes its time, which is not the query's.
        if (!thread.started) await thread.ask({ does: 'query', text: 'SELECT 1', params: [] });
        let stopped: Promise<void> | undefined;
        const timer = setTimeout(() => {
          answer.reject(tooSlow(limit));
          if (this.#dataDir !== undefined) stopped = thread.stop('was restarted: a query took too long');
        }, limit);
        try {
          answer.resolve(await queryable(thread).query<Row>(text, params));
        } finally {
          clearTimeout(timer);
          // Two threads must never have the same directory.
          await stopped;
        }
      },
      {
        patience: Math.min(PATIENCE * limit, LONGEST_TIMER),
        impatient: () => new StoreError('unavailable', 'The embedded database is busy with other queries'),
      },
    );
    turn.catch(answer.reject);
    return answer.promise;
  }

  #openThread(): PgliteThread {
    // A thread that died is replaced where its data outlived it; in memory the loss must stay visible.
    if (this.#thread && !(this.#thread.ended && this.#dataDir !== undefined)) return this.#thread;
    if (this.#dataDir !== undefined) this.#lock ??= lockDirectory(this.#dataDir);
    this.#thread = new PgliteThread(this.#dataDir && join(this.#dataDir, 'postgres'));
    return this.#thread;
  }
}

function queryable(thread: PgliteThread): Transaction {
  return {
    async query<Row>(text: string, params: readonly unknown[] = []) {
      return (await thread.ask({ does: 'query', text, params: [...params] })) as Row[];
    },
    async exec(text) {
      await thread.ask({ does: 'exec', text });
    },
    async copy(sql, chunks) {
      const pieces: Buffer[] = [];
      for (const chunk of chunks) {
        pieces.push(chunk);
        await turn();
      }
      // PGlite has no standard input, and reads what it is given beside the query from this device.
      await thread.ask({
        does: 'copy',
        text: sql.replace('STDIN', `'/dev/blob'`),
        data: Buffer.concat(pieces),
      });
    },
  };
}
