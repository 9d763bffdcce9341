/** What a turn is for. */
export type Purpose = 'read' | 'write';

interface Waiting {
  begin(): Promise<void>;
}

/**
 * Turns on something that only one can use at a time. In the order they were asked for, except that reads and writes
 * alternate while both wait: a write never waits for more than one read, however many there are.
 */
export class Turns {
  readonly #waiting: Record<Purpose, Set<Waiting>> = { read: new Set(), write: new Set() };
  #last: Purpose = 'read';
  #running: Promise<void> | undefined;

  /**
   * Runs `work` when its turn comes, and resolves or rejects as it does.
   *
   * @param patience Longest wait for the turn, in ms; `impatient` makes what it rejects with after that.
   */
  run<T>(
    purpose: Purpose,
    work: () => Promise<T>,
    { patience, impatient }: { patience?: number; impatient?: () => Error } = {},
  ): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const queue = this.#waiting[purpose];
    const timer =
      patience === undefined
        ? undefined
        : setTimeout(() => {
            if (queue.delete(waiting)) reject(impatient?.());
          }, patience);
    const waiting: Waiting = {
      begin: () => {
        clearTimeout(timer);
        return work().then(resolve, reject);
      },
    };
    queue.add(waiting);
    this.#next();
    return promise;
  }

  /** Resolves when nobody has a turn or waits for one. */
  async idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  #next(): void {
    if (this.#running !== undefined) return;
    const other: Purpose = this.#last === 'read' ? 'write' : 'read';
    const purpose = this.#waiting[other].size > 0 ? other : this.#last;
    const [waiting] = this.#waiting[purpose];
    if (waiting === undefined) return;
    this.#waiting[purpose].delete(waiting);
    this.#last = purpose;
    this.#running = waiting.begin().then(() => {
      this.#running = undefined;
      this.#next();
    });
  }
}
