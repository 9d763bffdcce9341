import type { LogRecordProcessor, ReadableLogRecord } from '@opentelemetry/sdk-logs';
import type { BatchConfig, RetryConfig } from '../config/config.ts';
import { AgentOpsError } from '../errors.ts';
import { backoff, withTimeLimit } from '../telemetry/attempt.ts';
import { Background } from '../telemetry/background.ts';
import type { SendResult } from '../telemetry/exporters/sender.ts';

/** Records that may wait; beyond that the oldest are dropped. */
const MAX_WAITING = 8192;

/** Sends records to one destination, one attempt at a time. */
export interface LogSender {
  /** Never rejects. */
  send(records: readonly ReadableLogRecord[], signal: AbortSignal): Promise<SendResult>;
  /** Cuts off what is under way. */
  close(): void;
}

export interface LogQueueOptions {
  readonly sender: LogSender;
  readonly batch: Pick<BatchConfig, 'size' | 'interval' | 'timeout'>;
  readonly retry: RetryConfig;
  /** Told what was lost, and what is tried again. */
  readonly report: (error: AgentOpsError, level: 'error' | 'warn') => void;
}

/**
 * Log records on their way: a bounded queue, one batch in flight, retries with backoff. Log records are many and
 * replaceable (they stand on standard error as well), so unlike spans they have no spool. Its timers keep no process
 * alive; it exports from the root context with tracing suppressed.
 */
export class LogQueue implements LogRecordProcessor {
  readonly #options: LogQueueOptions;
  readonly #background = new Background();
  #waiting: ReadableLogRecord[] = [];
  #timer: NodeJS.Timeout | undefined;
  #draining: Promise<void> | undefined;
  /** Ends the wait for a better time. */
  #wake: (() => void) | undefined;
  #inFlight = 0;
  #emitted = 0;
  #state: 'open' | 'hurried' | 'closed' = 'open';

  constructor(options: LogQueueOptions) {
    this.#options = options;
  }

  onEmit(record: ReadableLogRecord): void {
    if (this.#state === 'closed') return;
    this.#emitted += 1;
    this.#waiting.push(record);
    if (this.#waiting.length > MAX_WAITING) {
      this.#waiting.shift();
      this.#lost(1, `more than ${MAX_WAITING} are waiting`);
    }
    if (this.#waiting.length >= this.#options.batch.size) void this.#drain();
    else this.#arm();
  }

  /** Resolves when what was emitted before is sent, or dropped. */
  async forceFlush(): Promise<void> {
    const last = this.#emitted;
    while (this.#settled < last) await this.#drain();
  }

  /** The program is about to end: what is left gets one attempt each, and nothing waits for a better time. */
  hurry(): void {
    if (this.#state !== 'open') return;
    this.#state = 'hurried';
    this.#wake?.();
  }

  /** Sends what waits, once. What is still on its way when `close` is called is dropped. */
  async shutdown(): Promise<void> {
    if (this.#state === 'closed') return;
    this.hurry();
    await this.forceFlush();
    this.close();
  }

  /** Drops what is left, also what is under way. */
  close(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    clearTimeout(this.#timer);
    this.#wake?.();
    const left = this.#waiting.splice(0).length + this.#inFlight;
    if (left > 0) this.#lost(left, 'the deadline of the shutdown passed');
    this.#options.sender.close();
  }

  /** Of the emitted, how many have been sent or dropped; the oldest come first. */
  get #settled(): number {
    return this.#emitted - this.#waiting.length - this.#inFlight;
  }

  #arm(): void {
    if (this.#draining !== undefined) return;
    this.#timer ??= this.#background.run(() =>
      setTimeout(() => void this.#drain(), this.#options.batch.interval).unref(),
    );
  }

  #drain(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#draining ??= this.#background
      .run(() => this.#sendBatch())
      .finally(() => {
        this.#draining = undefined;
        if (this.#state === 'closed') return;
        if (this.#waiting.length >= this.#options.batch.size) void this.#drain();
        else if (this.#waiting.length > 0) this.#arm();
      });
    return this.#draining;
  }

  async #sendBatch(): Promise<void> {
    const batch = this.#waiting.splice(0, this.#options.batch.size);
    if (batch.length === 0) return;
    this.#inFlight = batch.length;
    await this.#deliver(batch);
    this.#inFlight = 0;
  }

  async #deliver(batch: readonly ReadableLogRecord[]): Promise<void> {
    const {
      batch: { timeout },
      retry,
      sender,
      report,
    } = this.#options;
    for (let attempt = 1; ; attempt += 1) {
      const result = await withTimeLimit(timeout, (signal) => sender.send(batch, signal));
      if (this.#isClosed()) return;
      if (result.outcome === 'delivered') {
        const { rejected } = result;
        if (rejected !== undefined) this.#lost(rejected.count, `rejected: ${rejected.message}`);
        return;
      }
      if (result.outcome !== 'retry' || attempt >= retry.attempts || this.#state === 'hurried') {
        this.#lost(batch.length, result.message);
        return;
      }
      report(
        new AgentOpsError(
          'export_failed',
          `logs: ${result.message}; the log records wait and are sent again`,
        ),
        'warn',
      );
      await this.#pause(Math.max(result.retryAfterMs ?? 0, backoff(retry, attempt)));
      if (this.#isClosed()) return;
    }
  }

  /** Asked after a wait, in which anything may have happened. */
  #isClosed(): boolean {
    return this.#state === 'closed';
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms).unref();
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #lost(count: number, why: string): void {
    const what = count === 1 ? 'a log record was' : 'log records were';
    this.#options.report(new AgentOpsError('logs_dropped', `logs: ${what} dropped: ${why}`), 'error');
  }
}
