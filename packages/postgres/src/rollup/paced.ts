/** What a pass has left: nothing, something, or so much that what comes meanwhile may outrun passes at the usual pace. */
export type Left = 'nothing' | 'some' | 'much';

/** Work that is done in passes, and how often. */
export interface PacedOptions {
  /** Least time between two passes, in milliseconds. */
  interval: number;
  /** A pass is followed by a pause that is at least so many times as long: writing comes first. */
  pausePerPass: number;
  /** The same where much is left, without regard to `interval`: else totals would be later and later. */
  pausePerFullPass: number;
  /** Most time between two passes, in milliseconds, but for `interval`. */
  longestPause: number;
  /** One pass. */
  pass(): Promise<Left>;
  /** Told of a pass that failed; it is tried again, later and later. */
  onError(error: unknown): void;
}

const SHORTEST_RETRY = 100;

/** Does its work some time after it was asked to, together with all it was asked until then, and never twice at once. */
export class Paced {
  readonly #options: PacedOptions;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #pause: number;
  #stopped = false;

  constructor(options: PacedOptions) {
    this.#options = options;
    this.#pause = options.interval;
  }

  /** Asks for a pass after the pause. */
  schedule(): void {
    if (this.#stopped || this.#timer) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#running = this.#running.then(() => this.#run());
    }, this.#pause).unref();
  }

  /** Lets a running pass finish, and starts no other. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  async #run(): Promise<void> {
    const { interval, pausePerPass, pausePerFullPass, longestPause, pass, onError } = this.#options;
    const began = performance.now();
    try {
      const left = await pass();
      const took = performance.now() - began;
      this.#pause =
        left === 'much'
          ? Math.min(longestPause, pausePerFullPass * took)
          : Math.max(interval, Math.min(longestPause, pausePerPass * took));
      if (left !== 'nothing') this.schedule();
    } catch (error) {
      this.#pause = Math.min(longestPause, Math.max(SHORTEST_RETRY, 2 * this.#pause));
      this.schedule();
      onError(error);
    }
  }
}
