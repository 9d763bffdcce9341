import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { AgentOpsError } from '../../errors.ts';
import type { Reporter } from '../../reporter.ts';
import type { Wire } from '../exporters/wire.ts';
import type { Spool } from '../spool/spool.ts';
import type { DropReason, Ledger } from './ledger.ts';

export interface FallbackOptions {
  /** Stands in messages. */
  readonly exporter: string;
  /** Undefined for exporters that take spans and no bytes: nothing of theirs can be kept. */
  readonly wire: Wire | undefined;
  readonly spool: Spool | undefined;
  readonly ledger: Ledger;
  readonly reporter: Reporter;
}

/** Where spans go that cannot be sent now: to the spool; where there is none, they are dropped and counted. */
export class Fallback {
  readonly #options: FallbackOptions;

  constructor(options: FallbackOptions) {
    this.#options = options;
  }

  /** False where whatever is kept would be dropped. */
  get isUsable(): boolean {
    return this.#options.wire !== undefined && this.#options.spool?.isWritable === true;
  }

  /** @param reason Counts for the spans where they are dropped. */
  keep(batch: readonly ReadableSpan[], reason: DropReason, why: string): void {
    const request = this.isUsable ? this.encode(batch) : undefined;
    if (request === undefined) this.#options.ledger.drop(batch.length, reason, why);
    else this.keepRequest(request, batch.length, reason, why);
  }

  /** Like {@link keep}, for a batch of which there is only the request. */
  keepRequest(request: Uint8Array, spans: number, reason: DropReason, why: string): void {
    const { exporter, spool, ledger, reporter } = this.#options;
    if (spool?.append(request, spans) !== true) {
      ledger.drop(spans, reason, why);
      return;
    }
    const message = `exporter ${exporter}: spans are kept on disk and sent later (${reason}): ${why}`;
    reporter.error(new AgentOpsError('spans_spooled', message), 'error', `exporter ${exporter} ${reason}`);
  }

  /** The request that carries `batch`; undefined for spans that no request can carry. */
  encode(batch: readonly ReadableSpan[]): Uint8Array | undefined {
    const { exporter, wire, reporter } = this.#options;
    return reporter.guard(`exporter ${exporter}: serialising`, () => wire?.encode(batch));
  }
}
