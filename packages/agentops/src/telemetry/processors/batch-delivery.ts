import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { ExportManager } from '../exporters/export-manager.ts';
import { sizeOfSpan } from '../span-size.ts';
import type { Fallback } from './fallback.ts';
import type { Ledger } from './ledger.ts';

/** Of the spans in one export: the usual limit of receivers, of gRPC above all. */
const MAX_BATCH_BYTES = 4 * 1024 * 1024;

/** No destination is thought to take less than this at a time. */
const MIN_BATCH_BYTES = 64 * 1024;

/** Gets one batch after another to the destination and settles every span of it in the ledger. */
export class BatchDelivery {
  readonly #exports: ExportManager;
  readonly #fallback: Fallback;
  readonly #ledger: Ledger;
  #maxBytes = MAX_BATCH_BYTES;
  #unsettled: readonly ReadableSpan[] = [];
  #isAbandoned = false;

  constructor(exports: ExportManager, fallback: Fallback, ledger: Ledger) {
    this.#exports = exports;
    this.#fallback = fallback;
    this.#ledger = ledger;
  }

  /** Bytes a batch should have at most: fewer where the destination has found one too large. */
  get maxBytes(): number {
    return this.#maxBytes;
  }

  /** Spans under way. */
  get unsettled(): number {
    return this.#unsettled.length;
  }

  /** Sends a batch, in parts where it is too large. True where the destination took the last thing it was sent. */
  async send(batch: readonly ReadableSpan[]): Promise<boolean> {
    this.#unsettled = batch;
    let parts = [batch];
    let isTaken = false;
    for (let part = parts.shift(); part !== undefined; part = parts.shift()) {
      const delivery = await this.#exports.deliver(part);
      if (this.#isAbandoned) return false;
      isTaken = delivery.outcome === 'delivered';
      if (delivery.outcome === 'too_large' && part.length > 1) {
        parts = [...this.#halve(part), ...parts];
      } else if (delivery.outcome === 'too_large') {
        this.#ledger.drop(1, 'too_large', `${describe(part)}: ${delivery.message}`);
      } else if (delivery.outcome === 'exhausted') {
        for (const left of [part, ...parts.splice(0)]) {
          this.#fallback.keep(left, 'export_failed', delivery.message);
        }
      } else this.#ledger.settle(part.length, delivery);
      this.#unsettled = parts.flat();
    }
    return isTaken;
  }

  /** Hands out what is under way; whatever becomes of that is settled no more. */
  abandon(): readonly ReadableSpan[] {
    this.#isAbandoned = true;
    const left = this.#unsettled;
    this.#unsettled = [];
    return left;
  }

  #halve(part: readonly ReadableSpan[]): (readonly ReadableSpan[])[] {
    const bytes = part.reduce((sum, span) => sum + sizeOfSpan(span), 0);
    this.#maxBytes = Math.max(MIN_BATCH_BYTES, Math.min(this.#maxBytes, bytes / 2));
    const middle = part.length >> 1;
    return [part.slice(0, middle), part.slice(middle)];
  }
}

function describe([span]: readonly ReadableSpan[]): string {
  if (span === undefined) return 'no span';
  const { traceId, spanId } = span.spanContext();
  return `span ${spanId} of trace ${traceId}, about ${sizeOfSpan(span)} bytes`;
}
