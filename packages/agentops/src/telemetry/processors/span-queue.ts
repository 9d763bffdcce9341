import type { QueuedSpan } from './queue-budget.ts';

/** Spans that wait for one exporter, oldest first. */
export class SpanQueue {
  #spans: QueuedSpan[] = [];
  #bytes = 0;

  get length(): number {
    return this.#spans.length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  push(queued: QueuedSpan): void {
    this.#spans.push(queued);
    this.#bytes += queued.bytes;
  }

  /** Takes out the oldest: `count` at most and no more than `bytes`, but always one where there is one. */
  take(count: number, bytes: number): QueuedSpan[] {
    let taken = 0;
    let size = 0;
    for (; taken < Math.min(count, this.#spans.length); taken += 1) {
      const next = this.#spans[taken]?.bytes ?? 0;
      if (taken > 0 && size + next > bytes) break;
      size += next;
    }
    this.#bytes -= size;
    return this.#spans.splice(0, taken);
  }
}
