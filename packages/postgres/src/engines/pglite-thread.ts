import { Worker } from 'node:worker_threads';
import { messageOf, StoreError } from '../errors.ts';

type Work =
  | { does: 'query'; text: string; params: unknown[] }
  | { does: 'exec'; text: string }
  | { does: 'copy'; text: string; data: Uint8Array }
  | { does: 'close' };

/** What the main thread asks of the worker. */
export type Request = Work & { id: number };

/** What the worker answers. */
export type Answer =
  | { id: number; rows: unknown[]; memory: number }
  | { id: number; failure: { message: string; code: string | undefined } };

interface Pending {
  resolve(rows: unknown[]): void;
  reject(error: Error): void;
}

/** The worker beside this file: the same source where types are stripped, its build where they were compiled. */
const WORKER = new URL(
  import.meta.url.endsWith('.ts') ? './pglite-worker.ts' : './pglite-worker.js',
  import.meta.url,
);

/** MiB of JavaScript objects, results mostly; beyond it the thread ends alone, and not the whole process. */
const LARGEST_HEAP = 1024;

/** One PGlite in one worker thread, from its start to its end. */
export class PgliteThread {
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  #nextId = 0;
  #ended: StoreError | undefined;
  #memory = 0;

  constructor(dataDir: string | undefined) {
    this.#worker = new Worker(WORKER, {
      workerData: dataDir === undefined ? {} : { dataDir },
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: LARGEST_HEAP },
    });
    this.#worker.on('message', (answer: Answer) => this.#settle(answer));
    this.#worker.on('error', (error) => this.#end(`stopped: ${messageOf(error)}`, error));
    this.#worker.on('exit', (code) => this.#end(`exited with code ${code}`));
    this.#worker.unref();
  }

  /** True once the thread is gone, by whatever way. */
  get ended(): boolean {
    return this.#ended !== undefined;
  }

  /** True once the database has answered for the first time. */
  get started(): boolean {
    return this.#memory > 0;
  }

  /** Bytes of the database's memory when it last answered; it grows and never shrinks. */
  get memory(): number {
    return this.#memory;
  }

  /** Runs `work` after everything asked before; rejects with `unavailable` where the thread dies first. */
  ask(work: Work): Promise<unknown[]> {
    if (this.#ended) return Promise.reject(this.#ended);
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      // Only unanswered work keeps the process alive.
      this.#worker.ref();
      this.#worker.postMessage({ ...work, id } satisfies Request);
    });
  }

  /** Flushes and closes the database, then ends the thread. */
  async close(): Promise<void> {
    if (!this.ended) await this.ask({ does: 'close' });
    await this.stop('has been closed');
  }

  /** Ends the thread at once, as a kill of the process would; what it has committed is in its directory. */
  async stop(why: string): Promise<void> {
    this.#end(why);
    await this.#worker.terminate();
  }

  #settle(answer: Answer): void {
    const pending = this.#pending.get(answer.id);
    this.#pending.delete(answer.id);
    if (this.#pending.size === 0) this.#worker.unref();
    if ('rows' in answer) {
      this.#memory = answer.memory;
      pending?.resolve(answer.rows);
    } else {
      pending?.reject(Object.assign(new Error(answer.failure.message), { code: answer.failure.code }));
    }
  }

  #end(how: string, cause?: unknown): void {
    this.#ended ??= new StoreError('unavailable', `The embedded database ${how}`, { cause });
    for (const { reject } of this.#pending.values()) reject(this.#ended);
    this.#pending.clear();
  }
}
