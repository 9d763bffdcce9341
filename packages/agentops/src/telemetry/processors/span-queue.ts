import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { QueueBudget, QueuedSpan } from './queue-budget.ts';

/** Spans that were taken out of the queue together. They count against the budget until they are released. */
export interface TakenSpans {
  readonly spans: readonly ReadableSpan[];
  readonly release: () => void;
}

/** Spans that wait for one exporter, oldest first. */
export class SpanQueue {
  readonly #budget: QueueBudget;
  readonly #waiting: QueuedSpan[] = [];
  #bytes = 0;

  constructor(budget: QueueBudget) {
    this.#budget = budget;
  }

  get length(): number {
    return this.#waiting.length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  push(queued: QueuedSpan): void {
    this.#waiting.push(queued);
    this.#bytes += queued.bytes;
    this.#budget.hold(queued);
  }

  /** Takes out the oldest: `count` at most and no more than `bytes`, but always one where there is one. */
  take(count: number, bytes: number): TakenSpans {
    let taken = 0;
    let size = 0;
    for (; taken < Math.min(count, this.#waiting.length); taken += 1) {
      const next = this.#waiting[taken]?.bytes ?? 0;
      if (taken > 0 && size + next > bytes) break;
      size += next;
    }
    this.#bytes -= size;
    const held = this.#waiting.splice(0, taken);
    return {
      spans: held.map(({ span }) => span),
      release: () => {
        for (const queued of held.splice(0)) this.#budget.release(queued);
      },
    };
  }
}
