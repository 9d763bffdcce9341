import { context, ROOT_CONTEXT } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { BatchConfig, SpoolConfig } from '../../config/config.ts';
import type { Reporter } from '../../reporter.ts';
import type { Deadline } from '../deadline.ts';
import type { ExportManager } from '../exporters/export-manager.ts';
import type { SendResult } from '../exporters/sender.ts';
import type { Wire } from '../exporters/wire.ts';
import { Spool } from '../spool/spool.ts';
import { Fallback } from './fallback.ts';
import { type LaneStats, Ledger } from './ledger.ts';

/** How often the spool is looked after: often enough for other hosts to see that this process lives. */
const TEND_INTERVAL_MS = 20_000;

/** A batch that was left when the process ended, as a request. */
export interface LeftBatch {
  readonly lane: ExportLane;
  readonly wire: Wire;
  readonly request: Uint8Array;
  readonly spans: number;
}

export interface LaneOptions {
  readonly batch: BatchConfig;
  /** Without one, or where the exporter cannot send bytes, what cannot be sent is dropped. */
  readonly spool: SpoolConfig | false;
  readonly reporter: Reporter;
}

/**
 * The way of the spans to one exporter: a bounded queue, one batch in flight, and a spool for what the queue cannot
 * hold, the destination does not take, or the end of the process cuts off. A slow or dead exporter holds up its own
 * lane alone.
 */
export class ExportLane {
  readonly name: string;
  readonly #exports: ExportManager;
  readonly #batch: BatchConfig;
  readonly #ledger: Ledger;
  readonly #spool: Spool | undefined;
  readonly #fallback: Fallback;
  #queue: ReadableSpan[] = [];
  #inFlight: readonly ReadableSpan[] = [];
  /** Of the ended, those that found a place in the queue. */
  #taken = 0;
  /** How many of the taken came before the batch in flight. */
  #beforeInFlight = 0;
  #timer: NodeJS.Timeout | undefined;
  #tending: NodeJS.Timeout | undefined;
  #draining: Promise<void> | undefined;
  /** Everything has to go now, however small the batch. */
  #flushing = false;
  /** Whether the destination took the last thing it was sent: only then is it sent what was spooled. */
  #reachable = true;
  /** When the destination wants to be asked again, in ms since the epoch. */
  #notBefore = 0;
  #state: 'open' | 'closed' = 'open';

  constructor(exports: ExportManager, { batch, spool, reporter }: LaneOptions) {
    this.name = exports.name;
    this.#exports = exports;
    this.#batch = batch;
    this.#ledger = new Ledger(this.name, reporter);
    if (spool !== false && exports.wire !== undefined) {
      this.#spool = new Spool({ ...spool, exporter: this.name, ledger: this.#ledger, reporter });
    }
    this.#fallback = new Fallback({
      exporter: this.name,
      wire: exports.wire,
      spool: this.#spool,
      ledger: this.#ledger,
      reporter,
    });
  }

  get stats(): LaneStats {
    return this.#ledger.stats(this.#pending);
  }

  /** Sends what earlier processes have spooled. */
  start(): void {
    if (this.#spool === undefined) return;
    this.#tending = setInterval(() => this.#tend(), TEND_INTERVAL_MS).unref();
    setImmediate(() => this.#resume()).unref();
  }

  /** Takes a span. What cannot wait is spooled, else dropped and counted. */
  add(span: ReadableSpan): void {
    this.#ledger.ended += 1;
    if (this.#state === 'closed') {
      this.#ledger.drop(1, 'shutdown', 'it ended after the shutdown');
      return;
    }
    const isFull = this.#pending >= this.#batch.queue;
    if (isFull && !this.#fallback.isUsable) {
      this.#ledger.drop(1, 'queue_full', this.#fullQueue);
      return;
    }
    this.#queue.push(span);
    this.#taken += 1;
    if (isFull) this.#fallback.keep(this.#queue.splice(0, this.#batch.size), 'queue_full', this.#fullQueue);
    if (this.#draining !== undefined) return;
    if (this.#queue.length >= this.#batch.size) this.#drain();
    else this.#arm();
  }

  /** Resolves when every span taken before the call has been delivered, spooled or dropped. */
  async flush(): Promise<void> {
    const last = this.#taken;
    this.#flushing = true;
    while (this.#settled < last) await this.#drain();
    this.#flushing = false;
    this.#resume();
  }

  /** Delivers what it can by `deadline`, spools or drops the rest, and closes the exporter. Never rejects. */
  async shutdown(deadline: Deadline): Promise<void> {
    this.#exports.hurry();
    const flushed = this.flush().then(() => this.#drain());
    // The sockets of wires keep no process alive.
    await (this.#exports.wire === undefined ? deadline.limit(flushed) : deadline.hold(flushed));
    for (const batch of this.#close())
      this.#fallback.keep(batch, 'shutdown', 'the deadline of the shutdown passed');
    this.#spool?.close();
    await deadline.limit(this.#exports.shutdown());
  }

  /**
   * For the end of the process, where nothing is waited for: closes the lane and hands out what is left. Each batch is
   * to be settled before the lane is done.
   */
  leave(): LeftBatch[] {
    const { wire } = this.#exports;
    const left: LeftBatch[] = [];
    for (const batch of this.#close()) {
      const request = this.#fallback.encode(batch);
      if (wire === undefined || request === undefined) {
        this.#ledger.drop(batch.length, 'shutdown', 'the process ended; call shutdown() before');
      } else left.push({ lane: this, wire, request, spans: batch.length });
    }
    return left;
  }

  /** Counts a batch that was left, or spools it where nobody has confirmed it. */
  settleLeft({ request, spans }: LeftBatch, result: SendResult | undefined): void {
    if (result !== undefined && result.outcome !== 'retry') this.#ledger.settle(spans, result);
    else
      this.#fallback.keepRequest(
        request,
        spans,
        'shutdown',
        result?.message ?? 'the process ended before the answer',
      );
  }

  /** When every batch that was left is settled. */
  left(): void {
    this.#spool?.close();
  }

  get #pending(): number {
    return this.#queue.length + this.#inFlight.length;
  }

  /** Of the taken, how many are settled and have none before them that is not. */
  get #settled(): number {
    return this.#inFlight.length > 0 ? this.#beforeInFlight : this.#taken - this.#queue.length;
  }

  get #fullQueue(): string {
    return `${this.#batch.queue} are waiting; raise batch.queue or check the exporter`;
  }

  #arm(): void {
    this.#timer ??= context.with(ROOT_CONTEXT, () =>
      setTimeout(() => {
        this.#timer = undefined;
        this.#drain();
      }, this.#batch.interval).unref(),
    );
  }

  #tend(): void {
    this.#spool?.tend();
    if (Date.now() < this.#notBefore) return;
    this.#reachable = true;
    this.#resume();
  }

  /** Sends what was spooled; what waits for its batch to fill goes on waiting. */
  #resume(): void {
    if (this.#spool !== undefined) void this.#drain(this.#batch.size);
  }

  /** @param least How many spans have to wait for a first batch to be sent. */
  #drain(least = 1): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    // From the root: an export must neither make spans of its own nor keep alive the context it was triggered in.
    this.#draining ??= context
      .with(suppressTracing(ROOT_CONTEXT), () => this.#sendWaiting(least))
      .finally(() => {
        this.#draining = undefined;
        if (this.#queue.length > 0 && this.#state === 'open') this.#arm();
      });
    return this.#draining;
  }

  /**
   * Sends a batch of `first` spans or more, then full ones, then what was spooled, and before each of those whatever
   * waits.
   */
  async #sendWaiting(first: number): Promise<void> {
    let least = first;
    while (this.#state === 'open') {
      if (this.#queue.length >= least) {
        await this.#sendBatch();
        least = this.#flushing ? 1 : this.#batch.size;
      } else if (!this.#flushing && this.#reachable) {
        if (!(await this.#sendSpooled())) return;
        least = 1;
      } else return;
    }
  }

  async #sendBatch(): Promise<void> {
    this.#beforeInFlight = this.#taken - this.#queue.length;
    const batch = this.#queue.splice(0, this.#batch.size);
    this.#inFlight = batch;
    const delivery = await this.#exports.deliver(batch);
    if (this.#state === 'closed') return;
    this.#inFlight = [];
    this.#reachable = delivery.outcome === 'delivered';
    if (delivery.outcome === 'exhausted') this.#fallback.keep(batch, 'export_failed', delivery.message);
    else this.#ledger.settle(batch.length, delivery);
  }

  /** False where there is nothing, or the destination does not take it now. */
  async #sendSpooled(): Promise<boolean> {
    const { wire } = this.#exports;
    const batch = this.#spool?.next();
    if (wire === undefined || batch === undefined) return false;
    const result = await this.#exports.resend(wire, batch.request);
    if (this.#state === 'closed') return false;
    this.#reachable = result.outcome === 'delivered';
    if (result.outcome === 'retry') this.#notBefore = Date.now() + (result.retryAfterMs ?? 0);
    else if (this.#spool?.settle(batch)) this.#ledger.settle(batch.spans, result);
    return this.#reachable;
  }

  /** Ends the queue and hands out what was in it, in batches. */
  #close(): ReadableSpan[][] {
    this.#state = 'closed';
    clearTimeout(this.#timer);
    clearInterval(this.#tending);
    const left = [...this.#inFlight, ...this.#queue];
    this.#queue = [];
    this.#inFlight = [];
    const batches: ReadableSpan[][] = [];
    while (left.length > 0) batches.push(left.splice(0, this.#batch.size));
    return batches;
  }
}
