import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { BatchConfig, SpoolConfig } from '../../config/config.ts';
import type { SpanFormatter } from '../../config/exporter-options.ts';
import { AgentOpsError } from '../../errors.ts';
import type { Reporter } from '../../reporter.ts';
import { Background } from '../background.ts';
import type { Deadline } from '../deadline.ts';
import type { ExportManager } from '../exporters/export-manager.ts';
import type { SendResult } from '../exporters/sender.ts';
import type { Wire } from '../exporters/wire.ts';
import { Spool, type SpoolDepth } from '../spool/spool.ts';
import { BatchDelivery } from './batch-delivery.ts';
import { Fallback } from './fallback.ts';
import { formatBatch } from './format-batch.ts';
import { type LaneStats, Ledger } from './ledger.ts';
import type { BudgetHolder, QueueBudget, QueuedSpan } from './queue-budget.ts';
import { SpanQueue, type TakenSpans } from './span-queue.ts';
import { SpoolDelivery } from './spool-delivery.ts';

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
  /** Shared by all lanes. */
  readonly budget: QueueBudget;
  /** Without one, or where the exporter cannot send bytes, what cannot be sent is dropped. */
  readonly spool: SpoolConfig | false;
  /** Applied to every batch, whether it is sent or spooled. */
  readonly format?: SpanFormatter | undefined;
  readonly reporter: Reporter;
}

/** See `TelemetryUpdate`. */
export interface LaneUpdate {
  readonly size?: number | undefined;
  readonly interval?: number | undefined;
}

/** What has to wait for an export to begin. */
type Least = 'one span' | 'a full batch';

/**
 * The way of the spans to one exporter: a bounded queue, one batch in flight, and a spool for what the queue cannot
 * hold, the destination does not take, or the end of the process cuts off. A slow or dead exporter holds up its own
 * lane alone.
 */
export class ExportLane implements BudgetHolder {
  readonly name: string;
  readonly #exports: ExportManager;
  readonly #format: SpanFormatter | undefined;
  readonly #budget: QueueBudget;
  readonly #ledger: Ledger;
  readonly #spool: Spool | undefined;
  readonly #fallback: Fallback;
  readonly #delivery: BatchDelivery;
  readonly #spoolDelivery: SpoolDelivery;
  readonly #reporter: Reporter;
  readonly #background = new Background();
  readonly #queue: SpanQueue;
  #batch: BatchConfig;
  /** What was taken out of the queue for the batch in flight. */
  #taken: TakenSpans | undefined;
  /** Of the ended, those that found a place in the queue. */
  #accepted = 0;
  /** How many of the accepted came before the batch in flight. */
  #beforeInFlight = 0;
  #timer: NodeJS.Timeout | undefined;
  #tending: NodeJS.Timeout | undefined;
  #draining: Promise<void> | undefined;
  #isMakingRoom = false;
  /** Everything has to go now, however small the batch. */
  #flushing = false;
  /** Whether the destination took the last thing it was sent: only then is it sent what was spooled. */
  #reachable = true;
  #state: 'open' | 'closed' = 'open';

  constructor(exports: ExportManager, { batch, budget, spool, format, reporter }: LaneOptions) {
    this.name = exports.name;
    this.#exports = exports;
    this.#batch = batch;
    this.#budget = budget;
    this.#queue = new SpanQueue(budget);
    this.#format = format;
    this.#reporter = reporter;
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
    this.#delivery = new BatchDelivery(exports, this.#fallback, this.#ledger);
    this.#spoolDelivery = new SpoolDelivery(exports, this.#spool, this.#ledger);
    budget.enter(this);
  }

  get stats(): LaneStats {
    return this.#ledger.stats(this.#pending);
  }

  get queuedBytes(): number {
    return this.#queue.bytes;
  }

  get canSpool(): boolean {
    return this.#fallback.isUsable;
  }

  /** Spans the queue can hold. */
  get capacity(): number {
    return this.#batch.queue;
  }

  /** Undefined where there is no spool. */
  get spoolDepth(): SpoolDepth | undefined {
    return this.#spool?.depth;
  }

  /** Sends what earlier processes have spooled. */
  start(): void {
    if (this.#spool === undefined) return;
    this.#tending = this.#background.run(() => setInterval(() => this.#tend(), TEND_INTERVAL_MS).unref());
    this.#resume();
  }

  /**
   * Changes what makes a batch; holds for the spans that wait already.
   *
   * @param batch `interval` in milliseconds; what is undefined stays as it is.
   */
  update({ size, interval }: LaneUpdate): void {
    const { size: oldSize, interval: oldInterval } = this.#batch;
    this.#batch = { ...this.#batch, size: size ?? oldSize, interval: interval ?? oldInterval };
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#startOrWait();
  }

  /** Takes a span. What cannot wait is spooled, else dropped and counted. */
  add(queued: QueuedSpan): void {
    this.#ledger.ended += 1;
    if (this.#state === 'closed') {
      this.#ledger.drop(1, 'shutdown', 'it ended after the shutdown');
      return;
    }
    const isFull = this.#pending >= this.#batch.queue;
    if (isFull && !this.canSpool) {
      this.#ledger.drop(1, 'queue_full', this.#fullQueue);
      return;
    }
    this.#queue.push(queued);
    this.#accepted += 1;
    if (isFull) this.giveUp(this.#fullQueue);
    this.#budget.relieve();
    if (this.#isNearlyFull || this.#budget.isTight) this.#makeRoomSoon();
    this.#startOrWait();
  }

  giveUp(why: string): void {
    const batch = this.#cut();
    if (batch.length > 0) this.#fallback.keep(batch, 'queue_full', why);
  }

  /** Resolves when every span taken before the call has been delivered, spooled or dropped. */
  async flush(): Promise<void> {
    const last = this.#accepted;
    this.#flushing = true;
    while (this.#settled < last) await this.#drain('one span');
    this.#flushing = false;
    this.#resume();
  }

  /** Delivers what it can by `deadline`, spools or drops the rest, and closes the exporter. Never rejects. */
  async shutdown(deadline: Deadline): Promise<void> {
    this.#exports.hurry();
    const flushed = this.flush().then(() => this.#drain('one span'));
    // Connections of ours keep no process alive; of those of a user's exporter, whoever made it decides.
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
    const batches = this.#close();
    if (wire === undefined) {
      this.#sendLast(batches.flat());
      return [];
    }
    const left: LeftBatch[] = [];
    for (const batch of batches) {
      const request = this.#fallback.encode(batch);
      if (request === undefined) this.#dropLeft(batch.length);
      else left.push({ lane: this, wire, request, spans: batch.length });
    }
    return left;
  }

  /** Counts a batch that was left, or spools it where nobody has confirmed it. */
  settleLeft({ request, spans }: LeftBatch, result: SendResult | undefined): void {
    if (result?.outcome === 'delivered' || result?.outcome === 'refused') this.#ledger.settle(spans, result);
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
    return this.#queue.length + this.#delivery.unsettled;
  }

  /** Of the accepted, how many are settled and have none before them that is not. */
  get #settled(): number {
    return this.#delivery.unsettled > 0 ? this.#beforeInFlight : this.#accepted - this.#queue.length;
  }

  get #isNearlyFull(): boolean {
    const { queue, size } = this.#batch;
    return this.#pending > queue - Math.min(size, Math.floor(queue / 16));
  }

  get #hasFullBatch(): boolean {
    return this.#queue.length >= this.#batch.size || this.#queue.bytes >= this.#delivery.maxBytes;
  }

  get #fullQueue(): string {
    return `${this.#batch.queue} are waiting; raise batch.queue or check the exporter`;
  }

  /** Before there is none left: spooling is not for the call that ends a span, unless that one cannot wait. */
  #makeRoomSoon(): void {
    if (this.#isMakingRoom || !this.canSpool) return;
    this.#isMakingRoom = true;
    void this.#background.soon(async () => {
      this.#isMakingRoom = false;
      if (this.#state === 'closed') return;
      if (this.#isNearlyFull) this.giveUp(this.#fullQueue);
      this.#budget.makeRoom();
    });
  }

  #startOrWait(): void {
    if (this.#draining !== undefined) return;
    if (this.#hasFullBatch) void this.#drain('one span');
    else if (this.#queue.length > 0) this.#arm();
  }

  #arm(): void {
    this.#timer ??= this.#background.run(() =>
      setTimeout(() => {
        this.#timer = undefined;
        void this.#drain('one span');
      }, this.#batch.interval).unref(),
    );
  }

  #tend(): void {
    this.#spool?.tend();
    if (!this.#spoolDelivery.isDue) return;
    this.#reachable = true;
    this.#resume();
  }

  /** Sends what was spooled; what waits for its batch to fill goes on waiting. */
  #resume(): void {
    if (this.#spool !== undefined) void this.#drain('a full batch');
  }

  #drain(first: Least): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    // Not at once: serialising a batch is not for the call that happens to fill it.
    this.#draining ??= this.#background.soon(async () => {
      try {
        await this.#sendWaiting(first);
      } catch (cause) {
        this.#reporter.error(new AgentOpsError('internal', `exporter ${this.name}: ${cause}`, { cause }));
      } finally {
        this.#draining = undefined;
        if (this.#queue.length > 0 && this.#state === 'open') this.#arm();
      }
    });
    return this.#draining;
  }

  /**
   * Sends what waits, the `first` time maybe less than a full batch, then what was spooled, and before each of those
   * whatever waits.
   */
  async #sendWaiting(first: Least): Promise<void> {
    let least = first;
    while (this.#state === 'open') {
      if (least === 'one span' ? this.#queue.length > 0 : this.#hasFullBatch) {
        await this.#sendBatch();
        least = this.#flushing ? 'one span' : 'a full batch';
      } else if (!this.#flushing && this.#reachable) {
        const outcome = await this.#spoolDelivery.sendNext();
        if (outcome === 'stopped') this.#reachable = false;
        if (outcome !== 'taken') return;
        least = 'one span';
      } else return;
    }
  }

  async #sendBatch(): Promise<void> {
    this.#beforeInFlight = this.#accepted - this.#queue.length;
    this.#taken = this.#takeOldest();
    const batch = this.#formatted(this.#taken.spans);
    if (batch.length > 0) this.#reachable = await this.#delivery.send(batch);
    this.#letGo();
  }

  #letGo(): void {
    this.#taken?.release();
    this.#taken = undefined;
  }

  #takeOldest(): TakenSpans {
    return this.#queue.take(this.#batch.size, this.#delivery.maxBytes);
  }

  /** Takes the oldest out of memory, as many as make one export. */
  #cut(): readonly ReadableSpan[] {
    const { spans, release } = this.#takeOldest();
    release();
    return this.#formatted(spans);
  }

  #formatted(spans: readonly ReadableSpan[]): readonly ReadableSpan[] {
    const format = this.#format;
    if (format === undefined) return spans;
    const formatted =
      this.#reporter.guard(`exporter ${this.name}: format`, () => formatBatch(format, spans)) ?? spans;
    this.#ledger.filter(spans.length - formatted.length);
    return formatted;
  }

  #sendLast(spans: readonly ReadableSpan[]): void {
    const result = this.#exports.sendLast(spans);
    if (spans.length === 0) return;
    if (result?.outcome === 'delivered') this.#ledger.settle(spans.length, result);
    else this.#dropLeft(spans.length);
  }

  #dropLeft(spans: number): void {
    this.#ledger.drop(spans, 'shutdown', 'the process ended; call shutdown() before');
  }

  /** Ends the queue and hands out what was in it, in batches. */
  #close(): (readonly ReadableSpan[])[] {
    this.#state = 'closed';
    clearTimeout(this.#timer);
    clearInterval(this.#tending);
    const left = [this.#delivery.abandon()];
    this.#spoolDelivery.abandon();
    this.#letGo();
    while (this.#queue.length > 0) left.push(this.#cut());
    return left.filter((batch) => batch.length > 0);
  }
}
