import { context, ROOT_CONTEXT } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { SpanFormatter } from '../../config/exporter-options.ts';
import type { Reporter } from '../../reporter.ts';
import type { BatchSender } from '../exporters/sender.ts';

/** Snapshots in one request. */
const MAX_BATCH = 512;
/** Snapshots that wait for the request under way; beyond that the oldest are dropped. */
const MAX_WAITING = 4096;
/** A snapshot that has not arrived by then is out of date. */
const MAX_TIMEOUT_MS = 2000;
/** After a failure nothing is sent for as long, doubling with each further one. */
const FIRST_PAUSE_MS = 1000;
const MAX_PAUSE_MS = 60_000;

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
  /** By span id. */
  #waiting = new Map<string, ReadableSpan>();
  #request: AbortController | undefined;
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
    for (const snapshot of snapshots) this.#waiting.set(snapshot.spanContext().spanId, snapshot);
    for (const spanId of this.#waiting.keys()) {
      if (this.#waiting.size <= MAX_WAITING) break;
      this.#waiting.delete(spanId);
    }
    if (this.#request === undefined) void this.#sendWaiting();
  }

  /** Drops what waits and cuts off what is under way: from now on the spans themselves are to come. */
  stop(): void {
    this.#stopped = true;
    this.#waiting.clear();
    this.#request?.abort();
  }

  async #sendWaiting(): Promise<void> {
    while (this.#waiting.size > 0 && !this.#stopped) {
      const batch = [...this.#waiting.values()].slice(0, MAX_BATCH);
      for (const snapshot of batch) this.#waiting.delete(snapshot.spanContext().spanId);
      if (await this.#send(batch)) this.#failures = 0;
      else this.#pause();
    }
  }

  /** False where the destination did not take the batch. Never rejects. */
  async #send(batch: readonly ReadableSpan[]): Promise<boolean> {
    const { name, sender, format, timeout, reporter } = this.#options;
    const request = new AbortController();
    this.#request = request;
    const timer = setTimeout(() => request.abort(), Math.min(timeout, MAX_TIMEOUT_MS)).unref();
    try {
      // From the root: an export must neither make spans of its own nor keep alive the context it was triggered in.
      const result = await context.with(suppressTracing(ROOT_CONTEXT), () =>
        sender.send(format === undefined ? batch : format(batch), request.signal),
      );
      if (result.outcome === 'delivered') return true;
      reporter.debug(`exporter ${name}: live snapshots were dropped: ${result.message}`);
    } catch (error) {
      reporter.debug(`exporter ${name}: live snapshots were dropped: ${error}`);
    } finally {
      clearTimeout(timer);
      this.#request = undefined;
    }
    return false;
  }

  #pause(): void {
    this.#waiting.clear();
    this.#pausedUntil = performance.now() + Math.min(FIRST_PAUSE_MS * 2 ** this.#failures, MAX_PAUSE_MS);
    this.#failures += 1;
  }
}
