import type { ExportManager } from '../exporters/export-manager.ts';
import type { Spool, SpooledBatch } from '../spool/spool.ts';
import type { Ledger } from './ledger.ts';

/** How long a destination that does not know us is left alone with what it would not take. */
const BARRED_PAUSE_MS = 60_000;

/** Sends what is in the spool, one request at a time. */
export class SpoolDelivery {
  readonly #exports: ExportManager;
  readonly #spool: Spool | undefined;
  readonly #ledger: Ledger;
  /** When the destination wants to be asked again, by the clock that nobody sets. */
  #notBefore = 0;
  #isAbandoned = false;

  constructor(exports: ExportManager, spool: Spool | undefined, ledger: Ledger) {
    this.#exports = exports;
    this.#spool = spool;
    this.#ledger = ledger;
  }

  /** False while the destination has asked to be left alone. */
  get isDue(): boolean {
    return performance.now() >= this.#notBefore;
  }

  /** Sends the next one. `stopped` where the destination does not take it now, or the lane was closed meanwhile. */
  async sendNext(): Promise<'nothing there' | 'taken' | 'stopped'> {
    const { wire } = this.#exports;
    const batch = this.#spool?.next();
    if (wire === undefined || batch === undefined) return 'nothing there';
    const result = await this.#exports.resend(wire, batch.request);
    if (this.#isAbandoned) return 'stopped';
    if (result.outcome === 'too_large') {
      this.#halve(batch, wire.halve(batch.request) ?? [], result.message);
      return 'taken';
    }
    if (result.outcome === 'barred') this.#notBefore = performance.now() + BARRED_PAUSE_MS;
    else if (result.outcome === 'retry') this.#notBefore = performance.now() + (result.retryAfterMs ?? 0);
    else if (this.#spool?.settle(batch)) this.#ledger.settle(batch.spans, result);
    return result.outcome === 'delivered' ? 'taken' : 'stopped';
  }

  /** What is under way is settled no more: it stays in the spool. */
  abandon(): void {
    this.#isAbandoned = true;
  }

  #halve(batch: SpooledBatch, parts: Parameters<Spool['replace']>[1], message: string): void {
    const lost = this.#spool?.replace(batch, parts) ?? 0;
    const size = `one that was spooled is a request of ${batch.request.length} bytes`;
    if (lost > 0) this.#ledger.drop(lost, 'too_large', `${size}: ${message}`);
  }
}
