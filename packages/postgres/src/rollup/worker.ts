import type { Engine } from '../engines/engine.ts';
import { latestMark, type Marks } from './marks.ts';
import { rollUp } from './rollup.ts';

/** How the worker is set up. */
export interface RollupOptions {
  /** Least time between two passes, in milliseconds. */
  interval: number;
  /** Told of each pass, by the traces it recomputed, and waited for. */
  onPass?(traces: number): Promise<void>;
  /** Told of a pass that failed; it is tried again, later and later. */
  onError(error: unknown): void;
}

/** A pass that took long is followed by a pause this many times as long: writing comes first. */
const PAUSE_PER_PASS = 4;
const LONGEST_PAUSE = 10_000;
const SHORTEST_RETRY = 100;

/** Rolls up marks in the background, some time after they were made, and at once for those who ask. */
export class RollupWorker {
  readonly #engine: Engine;
  readonly #options: RollupOptions;
  #timer: NodeJS.Timeout | undefined;
  #pass: Promise<void> = Promise.resolve();
  #pause: number;
  #stopped = false;
  /** Traces recomputed for those who asked, which the next pass reports. */
  #asked = 0;

  constructor(engine: Engine, options: RollupOptions) {
    this.#engine = engine;
    this.#options = options;
    this.#pause = options.interval;
  }

  /** Says that there are marks. Rolls them up after the pause, together with all that come until then. */
  schedule(): void {
    if (this.#stopped || this.#timer) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#pass = this.#pass.then(() => this.#run());
    }, this.#pause).unref();
  }

  /** Rolls up the marks of one session. */
  session(projectId: string, sessionId: string): Promise<void> {
    return this.#drain({ of: 'session', projectId, sessionId });
  }

  /** Rolls up every mark made before the call. */
  async settle(): Promise<void> {
    const id = await latestMark(this.#engine);
    if (id !== undefined) await this.#drain({ of: 'until', id });
  }

  /** Lets a running pass finish; the marks that are left wait in the database. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#pass;
  }

  async #run(): Promise<void> {
    const began = performance.now();
    try {
      const traces = await rollUp(this.#engine, { of: 'any' });
      this.#pause = Math.max(
        this.#options.interval,
        Math.min(LONGEST_PAUSE, PAUSE_PER_PASS * (performance.now() - began)),
      );
      if (traces > 0) this.schedule();
      const asked = this.#asked;
      this.#asked = 0;
      if (asked > 0) await this.#options.onPass?.(asked);
      await this.#options.onPass?.(traces);
    } catch (error) {
      this.#pause = Math.min(LONGEST_PAUSE, Math.max(SHORTEST_RETRY, 2 * this.#pause));
      this.schedule();
      this.#options.onError(error);
    }
  }

  async #drain(marks: Marks): Promise<void> {
    for (;;) {
      const traces = await rollUp(this.#engine, marks);
      if (traces === 0) return;
      this.#asked += traces;
    }
  }
}
