import type { Incoming } from '../write/incoming.ts';

/** How rows are gathered. */
export interface GatheringOptions {
  /** Batches that are written at one time. */
  readonly lanes: number;
  /** Rows of one batch at most. */
  readonly batchSize: number;
  /** Milliseconds that fewer rows wait for more. */
  readonly interval: number;
  /** Writes one batch. */
  write(rows: readonly Incoming[]): Promise<void>;
}

interface Waiting {
  rows: readonly Incoming[];
  resolve(): void;
  reject(error: unknown): void;
}

/** Makes few large batches of many small exports: a transaction costs more than a span. */
export class Gathering {
  readonly #options: GatheringOptions;
  readonly #waiting: Waiting[] = [];
  readonly #wanting: (() => void)[] = [];
  #writes = 0;
  #rows = 0;
  #hurries = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: GatheringOptions) {
    this.#options = options;
  }

  /** Resolves when the rows that wait are less than a batch for each lane: more of them would only be kept longer. */
  async room(): Promise<void> {
    if (this.#isFull) await new Promise<void>((resolve) => this.#wanting.push(resolve));
  }

  get #isFull(): boolean {
    return this.#rows >= this.#options.lanes * this.#options.batchSize;
  }

  /** Resolves once the rows are committed; rejects with what kept their batch from it. */
  add(rows: readonly Incoming[]): Promise<void> {
    const { batchSize } = this.#options;
    const parts: Promise<void>[] = [];
    for (let start = 0; start < rows.length; start += batchSize) {
      parts.push(this.#wait(rows.slice(start, start + batchSize)));
    }
    this.#pump();
    return Promise.all(parts).then(() => {});
  }

  /** Until what it returns is called, no row waits for more to come. */
  hurry(): () => void {
    this.#hurries += 1;
    this.#pump();
    return () => {
      this.#hurries -= 1;
    };
  }

  #wait(rows: readonly Incoming[]): Promise<void> {
    this.#rows += rows.length;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ rows, resolve, reject });
    });
  }

  /** Starts as many writes as there may be. A batch that is not full waits, unless it has `waited` or there is a hurry. */
  #pump(waited = false): void {
    const { lanes, batchSize, interval } = this.#options;
    while (this.#writes < lanes && this.#waiting.length > 0) {
      if (interval > 0 && this.#rows < batchSize && !waited && this.#hurries === 0) {
        this.#timer ??= setTimeout(() => {
          this.#timer = undefined;
          this.#pump(true);
        }, interval).unref();
        return;
      }
      this.#writes += 1;
      void this.#write(this.#take()).finally(() => {
        this.#writes -= 1;
        this.#pump();
      });
    }
    if (this.#waiting.length > 0) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #take(): Waiting[] {
    let rows = 0;
    const end = this.#waiting.findIndex((waiting, index) => {
      rows += waiting.rows.length;
      return index > 0 && rows > this.#options.batchSize;
    });
    const taken = this.#waiting.splice(0, end === -1 ? this.#waiting.length : end);
    for (const { rows } of taken) this.#rows -= rows.length;
    if (!this.#isFull) for (const resolve of this.#wanting.splice(0)) resolve();
    return taken;
  }

  async #write(group: Waiting[]): Promise<void> {
    try {
      await this.#options.write(group.flatMap(({ rows }) => rows));
      for (const { resolve } of group) resolve();
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  }
}
