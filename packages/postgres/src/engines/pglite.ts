import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { StoreError } from '../errors.ts';
import { type DirectoryLock, lockDirectory } from './directory-lock.ts';
import { BEGIN, type Engine, type Load, type Transaction } from './engine.ts';
import { PgliteThread } from './pglite-thread.ts';

/** Where the embedded database keeps its data. */
export interface PgliteOptions {
  /** A directory for this engine alone, created where it is missing. Without one the data lives in memory. */
  dataDir?: string;
}

/**
 * The embedded PostgreSQL: PGlite in a worker thread. It starts with the first statement and has one connection, so
 * transactions take turns. What it has committed survives the death of the process, not a power loss (it never fsyncs).
 * A data directory is locked against other processes while it is open.
 */
export function pgliteEngine(options: PgliteOptions = {}): Engine {
  return new PgliteEngine(options.dataDir);
}

class PgliteEngine implements Engine {
  readonly partitionBy = 'month';
  readonly #dataDir: string | undefined;
  #lock: DirectoryLock | undefined;
  #thread: PgliteThread | undefined;
  #closed = false;
  #lastTurn: Promise<unknown> = Promise.resolve();

  constructor(dataDir: string | undefined) {
    this.#dataDir = dataDir;
  }

  query<Row>(text: string, params?: readonly unknown[]): Promise<Row[]> {
    return this.#inTurn((thread) => queryable(thread).query<Row>(text, params));
  }

  exec(sql: string): Promise<void> {
    return this.#inTurn((thread) => queryable(thread).exec(sql));
  }

  transaction<T>(run: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.#inTurn(async (thread) => {
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

  async close(): Promise<void> {
    this.#closed = true;
    await this.#lastTurn;
    await this.#thread?.close();
    this.#lock?.release();
  }

  /** Runs `work` when everything that was asked before is done: there is one connection. */
  #inTurn<T>(work: (thread: PgliteThread) => Promise<T>): Promise<T> {
    if (this.#closed)
      return Promise.reject(new StoreError('unavailable', 'The embedded database has been closed'));
    const turn = this.#lastTurn.then(() => work(this.#openThread()));
    this.#lastTurn = turn.catch(() => {});
    return turn;
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
