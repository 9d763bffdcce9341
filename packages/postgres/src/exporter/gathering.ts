import type { SizedRow } from './incoming-spans.ts';

/** How rows are gathered. */
export interface GatheringOptions {
  /** Batches that are written at one time. */
  readonly lanes: number;
  /** Rows of one batch at most. */
  readonly batchSize: number;
  /** Bytes of one batch at most, but for a row that has more by itself. */
  readonly batchBytes: number;
  /** Milliseconds that fewer rows wait for more. */
  readonly interval: number;
  /** Writes one batch. */
  write(rows: readonly SizedRow[]): Promise<void>;
}

interface Waiting {
  bytes: number;
  rows: readonly SizedRow[];
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
  #bytes = 0;
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
    const { lanes, batchSize, batchBytes } = this.#options;
    return this.#rows >= lanes * batchSize || this.#bytes >= lanes * batchBytes;
  }

  /** Resolves once the rows are committed; rejects with what kept their batch from it. */
  add(rows: readonly SizedRow[]): Promise<void> {
    const parts: Promise<void>[] = [];
    let start = 0;
    let bytes = 0;
    for (const [index, row] of rows.entries()) {
      if (index > start && this.#isOver(index + 1 - start, bytes + row.bytes)) {
        parts.push(this.#wait(rows.slice(start, index), bytes));
        start = index;
        bytes = 0;
      }
      bytes += row.bytes;
    }
    if (rows.length > start) parts.push(this.#wait(rows.slice(start), bytes));
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

  /** Whether it is more than one batch may have. */
  #isOver(rows: number, bytes: number): boolean {
    return rows > this.#options.batchSize || bytes > this.#options.batchBytes;
  }

  #wait(rows: readonly SizedRow[], bytes: number): Promise<void> {
    this.#rows += rows.length;
    this.#bytes += bytes;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ rows, bytes, resolve, reject });
    });
  }

  /** Starts as many writes as there may be. A batch that is not full waits, unless it has `waited` or there is a hurry. */
  #pump(waited = false): void {
    const { lanes, batchSize, batchBytes, interval } = this.#options;
    while (this.#writes < lanes && this.#waiting.length > 0) {
      const isShort = this.#rows < batchSize && this.#bytes < batchBytes;
      if (interval > 0 && isShort && !waited && this.#hurries === 0) {
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
    let bytes = 0;
    const end = this.#waiting.findIndex((waiting, index) => {
      rows += waiting.rows.length;
      bytes += waiting.bytes;
      return index > 0 && this.#isOver(rows, bytes);
    });
    const taken = this.#waiting.splice(0, end === -1 ? this.#waiting.length : end);
    for (const { rows, bytes } of taken) {
      this.#rows -= rows.length;
      this.#bytes -= bytes;
    }
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
