import { context, ROOT_CONTEXT } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { BatchOptions } from '../../config/options.ts';
import { AgentOpsError } from '../../errors.ts';
import type { Reporter } from '../../reporter.ts';
import type { Deadline } from '../deadline.ts';
import type { ExportManager } from '../exporters/export-manager.ts';

/** Why a span never arrived. */
export type DropReason =
  /** The queue was full. */
  | 'queue_full'
  /** The destination refused it, or every attempt failed. */
  | 'export_failed'
  /** The destination took the batch and refused this span of it. */
  | 'rejected'
  /** It ended, or was still waiting, when the deadline of the shutdown had passed. */
  | 'shutdown';

/** One exporter's account. Always: `ended = pending + delivered + the sum of dropped`. */
export interface LaneStats {
  /** Spans this lane was given. */
  readonly ended: number;
  /** Spans that wait or are under way. */
  readonly pending: number;
  /** Spans the destination has confirmed. */
  readonly delivered: number;
  readonly dropped: Readonly<Partial<Record<DropReason, number>>>;
}

/**
 * The way of the spans to one exporter: a bounded queue that is also the account of what became of every span, and
 * one batch in flight. A slow or dead exporter holds up its own lane alone.
 */
export class ExportLane {
  readonly name: string;
  readonly #exports: ExportManager;
  readonly #batch: Required<BatchOptions>;
  readonly #reporter: Reporter;
  #queue: ReadableSpan[] = [];
  #inFlight = 0;
  #ended = 0;
  /** Of the ended, those that found a place in the queue. */
  #taken = 0;
  #delivered = 0;
  readonly #dropped: Partial<Record<DropReason, number>> = {};
  #timer: NodeJS.Timeout | undefined;
  #draining: Promise<void> | undefined;
  /** Everything has to go now, however small the batch. */
  #flushing = false;
  #state: 'open' | 'closed' = 'open';

  constructor(exports: ExportManager, batch: Required<BatchOptions>, reporter: Reporter) {
    this.name = exports.name;
    this.#exports = exports;
    this.#batch = batch;
    this.#reporter = reporter;
  }

  get stats(): LaneStats {
    return {
      ended: this.#ended,
      pending: this.#pending,
      delivered: this.#delivered,
      dropped: { ...this.#dropped },
    };
  }

  /** Takes a span. What cannot wait is dropped and counted. */
  add(span: ReadableSpan): void {
    this.#ended += 1;
    if (this.#state === 'closed') {
      this.#drop(1, 'shutdown', 'it ended after the shutdown');
      return;
    }
    if (this.#pending >= this.#batch.queue) {
      this.#drop(
        1,
        'queue_full',
        `${this.#batch.queue} are waiting; raise batch.queue or check the exporter`,
      );
      return;
    }
    this.#queue.push(span);
    this.#taken += 1;
    if (this.#draining !== undefined) return;
    if (this.#queue.length >= this.#batch.size) this.#drain();
    else this.#arm();
  }

  /** Resolves when every span taken before the call has been delivered or dropped. */
  async flush(): Promise<void> {
    const last = this.#taken;
    this.#flushing = true;
    while (this.#taken - this.#pending < last) await this.#drain();
    this.#flushing = false;
  }

  /** Delivers what it can by `deadline`, drops and counts the rest, and closes the exporter. Never rejects. */
  async shutdown(deadline: Deadline): Promise<void> {
    this.#exports.hurry();
    await deadline.limit(this.flush());
    this.#state = 'closed';
    clearTimeout(this.#timer);
    const left = this.#pending;
    this.#queue = [];
    this.#inFlight = 0;
    if (left > 0) this.#drop(left, 'shutdown', 'the deadline of the shutdown passed');
    await deadline.limit(this.#exports.shutdown());
  }

  get #pending(): number {
    return this.#queue.length + this.#inFlight;
  }

  #arm(): void {
    this.#timer ??= context.with(ROOT_CONTEXT, () =>
      setTimeout(() => {
        this.#timer = undefined;
        this.#drain();
      }, this.#batch.interval).unref(),
    );
  }

  #drain(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    // From the root: an export must neither make spans of its own nor keep alive the context it was triggered in.
    this.#draining ??= context
      .with(suppressTracing(ROOT_CONTEXT), () => this.#sendWaiting())
      .finally(() => {
        this.#draining = undefined;
        if (this.#queue.length > 0 && this.#state === 'open') this.#arm();
      });
    return this.#draining;
  }

  /** Sends full batches, and first whatever waits now. */
  async #sendWaiting(): Promise<void> {
    do {
      const batch = this.#queue.splice(0, this.#batch.size);
      this.#inFlight = batch.length;
      const { lost } = await this.#exports.deliver(batch);
      if (this.#state === 'closed') return;
      this.#inFlight = 0;
      this.#delivered += batch.length - (lost?.count ?? 0);
      if (lost !== undefined) this.#drop(lost.count, lost.reason, lost.message);
    } while (this.#queue.length >= (this.#flushing ? 1 : this.#batch.size));
  }

  #drop(count: number, reason: DropReason, why: string): void {
    this.#dropped[reason] = (this.#dropped[reason] ?? 0) + count;
    this.#reporter.error(
      new AgentOpsError('spans_dropped', `exporter ${this.name} dropped spans (${reason}): ${why}`),
    );
  }
}
