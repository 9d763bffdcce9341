import type { Incoming } from './incoming.ts';

/** Batches that go without a try after a long run of failures. */
const LONGEST_PAUSE = 32;

/**
 * Whether plain COPY is worth a try. It is twice as fast as an upsert, and fails as a whole where one of the rows is
 * stored already: rare, apart from spans whose live snapshots came before them and batches that are sent again.
 */
export class CopyOdds {
  #pause = 0;
  #skipped = 0;

  /** Asked once for each batch. */
  favour(rows: readonly Incoming[]): boolean {
    // A snapshot is seldom the first one of its span.
    if (rows.some(({ isFinished }) => !isFinished)) return false;
    if (this.#skipped === this.#pause) return true;
    this.#skipped += 1;
    return false;
  }

  /** Told how a try went. Each failure in a row doubles the number of batches until the next try. */
  learn(succeeded: boolean): void {
    this.#pause = succeeded ? 0 : Math.min(LONGEST_PAUSE, Math.max(1, 2 * this.#pause));
    this.#skipped = 0;
  }
}
