import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { sizeOfSpan } from '../span-size.ts';

/** A span that waits, the same one for all lanes: it is measured once, and counts once however many hold it. */
export class QueuedSpan {
  readonly span: ReadableSpan;
  /** About what it takes in memory. */
  readonly bytes: number;
  /** @internal The lanes that hold it; for the budget alone to change. */
  holders = 0;

  constructor(span: ReadableSpan) {
    this.span = span;
    this.bytes = sizeOfSpan(span);
  }
}

/** Who holds spans, and can be told to give some up. */
export interface BudgetHolder {
  /** Of the spans it could give up. */
  readonly queuedBytes: number;
  /** Whether what it gives up is kept elsewhere, and not lost. */
  readonly canSpool: boolean;
  /** Takes its oldest spans out of memory. */
  giveUp(why: string): void;
}

/**
 * The bytes that may wait in memory for all exporters together. When they are used up, whichever lane holds the most
 * gives up its oldest: a dead exporter pays for the memory it takes, and the others go on.
 */
export class QueueBudget {
  readonly limit: number;
  #used = 0;
  readonly #holders: BudgetHolder[] = [];

  /** @param limit In bytes. */
  constructor(limit: number) {
    this.limit = limit;
  }

  /** Bytes of the spans that wait or are under way. */
  get used(): number {
    return this.#used;
  }

  enter(holder: BudgetHolder): void {
    this.#holders.push(holder);
  }

  hold(queued: QueuedSpan): void {
    if (queued.holders === 0) this.#used += queued.bytes;
    queued.holders += 1;
  }

  release(queued: QueuedSpan): void {
    queued.holders -= 1;
    if (queued.holders === 0) this.#used -= queued.bytes;
  }

  /** True where there is little left: time to make room before somebody needs it. */
  get isTight(): boolean {
    return this.#used > this.#comfort;
  }

  /** Has lanes give up spans until the rest fits; what is under way cannot be given up. */
  relieve(): void {
    this.#relieve(this.limit, () => true);
  }

  /** Like {@link relieve}, until it is not tight any more, as long as that loses nothing. */
  makeRoom(): void {
    this.#relieve(this.#comfort, ({ canSpool }) => canSpool);
  }

  get #comfort(): number {
    return this.limit - this.limit / 16;
  }

  #relieve(target: number, may: (greediest: BudgetHolder) => boolean): void {
    while (this.#used > target) {
      const greediest = this.#holders.reduce<BudgetHolder | undefined>(
        (most, holder) => (holder.queuedBytes > (most?.queuedBytes ?? 0) ? holder : most),
        undefined,
      );
      if (greediest === undefined || !may(greediest)) return;
      greediest.giveUp(
        `the spans that wait have reached ${this.limit} bytes; raise batch.queueBytes or check the exporter`,
      );
    }
  }
}
