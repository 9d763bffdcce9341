import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { SpanFormatter } from '../../config/exporter-options.ts';
import type { Reporter } from '../../reporter.ts';
import { withTimeLimit } from '../attempt.ts';
import { Background } from '../background.ts';
import type { BatchSender } from '../exporters/sender.ts';
import { messageOf } from '../failure.ts';
import { sizeOfSpan } from '../span-size.ts';
import { formatBatch } from './format-batch.ts';

/** Of one request. */
const MAX_BATCH = { spans: 512, bytes: 1024 * 1024 };
/** Of what waits for the request under way; beyond that the oldest are dropped. */
const MAX_WAITING = { spans: 4096, bytes: 16 * 1024 * 1024 };
/** A snapshot that has not arrived by then is out of date. */
const MAX_TIMEOUT_MS = 2000;
/** After a failure nothing is sent for as long, doubling with each further one. */
const FIRST_PAUSE_MS = 1000;
const MAX_PAUSE_MS = 10_000;

interface Waiting {
  readonly snapshot: ReadableSpan;
  readonly bytes: number;
}

export interface LiveLaneOptions {
  /** Of the exporter; stands in messages. */
  readonly name: string;
  readonly sender: BatchSender;
  readonly format?: SpanFormatter | undefined;
  /** Milliseconds one attempt of the exporter may take. */
  readonly timeout: number;
  readonly reporter: Reporter;
}

/**
 * The way of live snapshots to one exporter: one request in flight, of each span only its latest snapshot waiting, and
 * nothing kept: what cannot be sent now is dropped and not counted, since the span itself comes by its lane.
 */
export class LiveLane {
  readonly #options: LiveLaneOptions;
  readonly #background = new Background();
  /** By span id, in the order they came. */
  readonly #waiting = new Map<string, Waiting>();
  #bytes = 0;
  #request: AbortController | undefined;
  /** Settles when what waits has been sent. */
  #sending: Promise<void> = Promise.resolve();
  #parting: Promise<unknown> = Promise.resolve();
  #failures = 0;
  /** In ms of `performance.now()`. */
  #pausedUntil = 0;
  #stopped = false;

  constructor(options: LiveLaneOptions) {
    this.#options = options;
  }

  /** Sends `snapshots`, or lets them take the place of those that wait. */
  offer(snapshots: readonly ReadableSpan[]): void {
    if (this.#stopped || performance.now() < this.#pausedUntil) return;
    for (const snapshot of snapshots) this.#add(snapshot);
    for (const spanId of this.#waiting.keys()) {
      if (this.#waiting.size <= MAX_WAITING.spans && this.#bytes <= MAX_WAITING.bytes) break;
      this.#take(spanId);
    }
    if (this.#request === undefined) this.#sending = this.#sendWaiting();
  }

  /**
   * Sends the last snapshot there will be of a span, which others go on with: behind what is under way, and whatever
   * stops the lane.
   */
  part(snapshot: ReadableSpan): void {
    this.#take(snapshot.spanContext().spanId);
    this.#parting = Promise.all([this.#parting, this.#sending]).then(() => this.#send([snapshot]));
  }

  /** Resolves when the last snapshots have been sent, or could not be. */
  async parted(): Promise<void> {
    await this.#parting;
  }

  /** Drops what waits and cuts off what is under way: from now on the spans themselves are to come. */
  stop(): void {
    this.#stopped = true;
    this.#clear();
    this.#request?.abort();
  }

  /** What is larger than a request is left out: it is seen when it has ended. */
  #add(snapshot: ReadableSpan): void {
    const { spanId } = snapshot.spanContext();
    this.#take(spanId);
    const bytes = sizeOfSpan(snapshot);
    if (bytes > MAX_BATCH.bytes) return;
    this.#waiting.set(spanId, { snapshot, bytes });
    this.#bytes += bytes;
  }

  #take(spanId: string): void {
    this.#bytes -= this.#waiting.get(spanId)?.bytes ?? 0;
    this.#waiting.delete(spanId);
  }

  #takeBatch(): ReadableSpan[] {
    const batch: ReadableSpan[] = [];
    let size = 0;
    for (const [spanId, { snapshot, bytes }] of this.#waiting) {
      size += bytes;
      if (batch.length === MAX_BATCH.spans || size > MAX_BATCH.bytes) break;
      this.#take(spanId);
      batch.push(snapshot);
    }
    return batch;
  }

  #clear(): void {
    this.#waiting.clear();
    this.#bytes = 0;
  }

  async #sendWaiting(): Promise<void> {
    while (this.#waiting.size > 0 && !this.#stopped) {
      this.#request = new AbortController();
      const isDelivered = await this.#send(this.#takeBatch(), this.#request);
      this.#request = undefined;
      if (isDelivered) this.#failures = 0;
      else this.#pause();
    }
  }

  /** False where the destination did not take the batch. Never rejects. */
  async #send(batch: readonly ReadableSpan[], request = new AbortController()): Promise<boolean> {
    const { name, sender, format, timeout, reporter } = this.#options;
    const limit = Math.min(timeout, MAX_TIMEOUT_MS);
    try {
      const snapshots = format === undefined ? batch : formatBatch(format, batch);
      if (snapshots.length === 0) return true;
      const send = (signal: AbortSignal) => this.#background.run(() => sender.send(snapshots, signal));
      const result = await withTimeLimit(limit, send, request);
      if (result.outcome === 'delivered') return true;
      reporter.debug(`exporter ${name}: live snapshots were dropped: ${result.message}`);
    } catch (error) {
      reporter.debug(`exporter ${name}: live snapshots were dropped: ${messageOf(error)}`);
    }
    return false;
  }

  #pause(): void {
    this.#clear();
    this.#pausedUntil = performance.now() + Math.min(FIRST_PAUSE_MS * 2 ** this.#failures, MAX_PAUSE_MS);
    this.#failures += 1;
  }
}
