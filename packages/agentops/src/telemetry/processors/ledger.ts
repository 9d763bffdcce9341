import { AgentOpsError } from '../../errors.ts';
import type { Reporter } from '../../reporter.ts';
import type { SendResult } from '../exporters/sender.ts';

/** Why a span never arrived. */
export type DropReason =
  /** The queue was full, in spans or in bytes, and there was no spool to take what it could not hold. */
  | 'queue_full'
  /** The destination refused it, or every attempt failed and there was no spool. */
  | 'export_failed'
  /** The destination took the batch and refused this span of it. */
  | 'rejected'
  /** Even alone it was more than the destination takes. */
  | 'too_large'
  /** The exporter's `format` left it out. */
  | 'filtered'
  /** It ended, or was still waiting, when the deadline of the shutdown had passed, and there was no spool. */
  | 'shutdown'
  /** It was among the oldest in a spool that had reached its size. */
  | 'spool_full'
  /** It had been in the spool for seven days. */
  | 'spool_expired'
  /** Its spool file was damaged or taken away. */
  | 'spool_unreadable';

/** Limits that were set, doing what they were set for. Whatever else loses spans is a failure. */
const LIMITS: ReadonlySet<DropReason> = new Set(['queue_full', 'spool_full', 'spool_expired']);

/** One exporter's account. Always: `ended + recovered = pending + delivered + spooled + the sum of dropped`. */
export interface LaneStats {
  /** Spans this lane was given. */
  readonly ended: number;
  /** Spans of earlier processes that were found in the spool. */
  readonly recovered: number;
  /** Spans that wait in memory or are under way from there. */
  readonly pending: number;
  /** Spans the destination has confirmed. */
  readonly delivered: number;
  /** Spans on disk: they are sent again later, if need be by the next process. */
  readonly spooled: number;
  readonly dropped: Readonly<Partial<Record<DropReason, number>>>;
}

/** The account of what became of every span that one exporter was given or found in its spool. */
export class Ledger {
  readonly #exporter: string;
  readonly #reporter: Reporter;
  ended = 0;
  recovered = 0;
  delivered = 0;
  spooled = 0;
  readonly #dropped: Partial<Record<DropReason, number>> = {};

  constructor(exporter: string, reporter: Reporter) {
    this.#exporter = exporter;
    this.#reporter = reporter;
  }

  /** Counts spans as lost and says why. */
  drop(count: number, reason: DropReason, why: string): void {
    const total = this.#count(reason, count);
    const spans = count === 1 ? '1 span' : `${count} spans`;
    const message = `exporter ${this.#exporter} dropped ${spans} (${reason}, ${total} so far): ${why}`;
    this.#reporter.error(
      new AgentOpsError('spans_dropped', message),
      LIMITS.has(reason) ? 'warn' : 'error',
      `exporter ${this.#exporter} ${reason}`,
    );
  }

  /** Counts spans that the user's own `format` has left out: nothing to report. */
  filter(count: number): void {
    if (count > 0) this.#count('filtered', count);
  }

  /** Counts what the destination has said about `spans` spans. */
  settle(spans: number, result: Extract<SendResult, { outcome: 'delivered' | 'refused' }>): void {
    if (result.outcome !== 'delivered') {
      this.drop(spans, 'export_failed', result.message);
      return;
    }
    const { rejected } = result;
    const lost = Math.min(rejected?.count ?? 0, spans);
    this.delivered += spans - lost;
    if (rejected !== undefined) this.drop(lost, 'rejected', rejected.message);
  }

  #count(reason: DropReason, count: number): number {
    const total = (this.#dropped[reason] ?? 0) + count;
    this.#dropped[reason] = total;
    return total;
  }

  stats(pending: number): LaneStats {
    const { ended, recovered, delivered, spooled } = this;
    return { ended, recovered, pending, delivered, spooled, dropped: { ...this.#dropped } };
  }
}
