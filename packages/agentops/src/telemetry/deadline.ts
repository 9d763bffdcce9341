/** The longest time a timer of Node's can wait. */
const MAX_MS = 2 ** 31 - 1;

/**
 * A point in time after which nothing is waited for. Its timer keeps the process alive, other than that of
 * `AbortSignal.timeout`: whoever awaits a shutdown must get their turn even where nothing else is going on.
 */
export class Deadline {
  readonly #passed: Promise<void>;
  readonly #timer: NodeJS.Timeout;
  #isUnref = false;
  /** How many hold the process alive until they are done. */
  #held = 0;

  constructor(ms: number) {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#passed = promise;
    this.#timer = setTimeout(resolve, Math.min(ms, MAX_MS));
  }

  /** Resolves when `work` does, or when the time is up. */
  async limit(work: Promise<void>): Promise<void> {
    await Promise.race([work, this.#passed]);
  }

  /** Like {@link limit}, for work that makes progress though nothing else keeps the process alive. */
  async hold(work: Promise<void>): Promise<void> {
    this.#held += 1;
    this.#timer.ref();
    await this.limit(work);
    this.#held -= 1;
    if (this.#held === 0 && this.#isUnref) this.#timer.unref();
  }

  /** Lets the process end before the time is up, where there is nothing left that could make progress. */
  unref(): void {
    this.#isUnref = true;
    if (this.#held === 0) this.#timer.unref();
  }

  /** To be called when all is done: lets the process end. */
  clear(): void {
    clearTimeout(this.#timer);
  }
}
