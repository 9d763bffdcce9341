import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { RetryConfig } from '../../config/config.ts';
import { AgentOpsError } from '../../errors.ts';
import type { Reporter } from '../../reporter.ts';
import { backoff, withTimeLimit } from '../attempt.ts';
import { messageOf } from '../failure.ts';
import type { ExportMetrics } from '../metrics/export-metrics.ts';
import { ExporterHealth } from './exporter-health.ts';
import type { BatchSender, SendResult } from './sender.ts';
import type { Wire } from './wire.ts';

/** What became of a batch in the end. */
export type Delivery =
  /** Confirmed, but for the spans of it that were rejected. */
  | Extract<SendResult, { outcome: 'delivered' }>
  /** The destination will not have it. */
  | Extract<SendResult, { outcome: 'refused' }>
  /** The destination may take a part of it. */
  | Extract<SendResult, { outcome: 'too_large' }>
  /** No attempt has succeeded; a later one may. */
  | { readonly outcome: 'exhausted'; readonly message: string };

export interface ExportManagerOptions {
  /** Of the exporter; stands in figures and messages. */
  readonly name: string;
  readonly sender: BatchSender;
  readonly retry: RetryConfig;
  /** Milliseconds one attempt may take. */
  readonly timeout: number;
  readonly reporter: Reporter;
  /** Told of every batch and attempt. */
  readonly metrics?: ExportMetrics | undefined;
}

/** No destination is waited for longer than this at a time, whatever its `Retry-After` says. */
const MAX_WAIT_MS = 300_000;

/** What an attempt came to, in words. */
const OUTCOMES: Readonly<Record<SendResult['outcome'], string>> = {
  delivered: 'delivered',
  retry: 'not taken',
  too_large: 'too large',
  barred: 'not allowed',
  refused: 'refused',
};

/** Gets one batch after another to one destination: time limit per attempt, exponential backoff with jitter. */
export class ExportManager {
  readonly name: string;
  /** How its attempts have gone. */
  readonly health = new ExporterHealth();
  readonly #sender: BatchSender;
  readonly #retry: RetryConfig;
  readonly #timeout: number;
  readonly #reporter: Reporter;
  readonly #metrics: ExportMetrics | undefined;
  /** Aborted when the program is about to end: from then on nothing waits for a better time. */
  readonly #hurry = new AbortController();
  #closed = false;

  constructor({ name, sender, retry, timeout, reporter, metrics }: ExportManagerOptions) {
    this.name = name;
    this.#sender = sender;
    this.#retry = retry;
    this.#timeout = timeout;
    this.#reporter = reporter;
    this.#metrics = metrics;
  }

  /** See {@link BatchSender.wire}. */
  get wire(): Wire | undefined {
    return this.#sender.wire;
  }

  /** Sends `batch` until it is delivered, refused, too large, or out of attempts. Never rejects. */
  async deliver(batch: readonly ReadableSpan[]): Promise<Delivery> {
    this.#metrics?.began(batch);
    const delivery = await this.#deliver(batch);
    this.#metrics?.ended(batch, delivery.outcome === 'delivered');
    return delivery;
  }

  async #deliver(batch: readonly ReadableSpan[]): Promise<Delivery> {
    for (let attempt = 1; ; attempt += 1) {
      const hurried = this.#hurry.signal.aborted;
      const result = await this.#attempt(batch.length, 'spans', (signal) => this.#sender.send(batch, signal));
      if (result.outcome === 'barred') return { outcome: 'exhausted', message: result.message };
      if (result.outcome !== 'retry') return result;
      const isLast = attempt >= this.#retry.attempts || hurried || this.#closed;
      if (isLast) return { outcome: 'exhausted', message: result.message };
      this.#reporter.error(
        new AgentOpsError(
          'export_failed',
          `exporter ${this.name}: ${result.message}; the spans wait and are sent again`,
        ),
        'warn',
        `exporter ${this.name}`,
      );
      // Not earlier than asked, and never at once: a clock that is ahead makes every date of a server the past.
      const wait = Math.max(result.retryAfterMs ?? 0, backoff(this.#retry, attempt));
      await this.#pause(Math.min(wait, MAX_WAIT_MS));
      this.#metrics?.retrying();
    }
  }

  /** Sends a request of an earlier batch once. Never rejects. */
  resend(wire: Wire, request: Uint8Array): Promise<SendResult> {
    return this.#attempt(request.length, 'bytes of the spool', (signal) => wire.post(request, signal));
  }

  /** See {@link BatchSender.sendLast}; undefined where that takes waiting. */
  sendLast(batch: readonly ReadableSpan[]): SendResult | undefined {
    return this.#reporter.guard(`exporter ${this.name}`, () => this.#sender.sendLast?.(batch));
  }

  /** Cuts every wait short: what is left gets one more attempt each. */
  hurry(): void {
    this.#hurry.abort();
  }

  async shutdown(): Promise<void> {
    this.#closed = true;
    try {
      await this.#sender.shutdown();
    } catch (cause) {
      this.#reporter.error(
        new AgentOpsError('internal', `exporter ${this.name}: shutdown failed: ${cause}`, { cause }),
      );
    }
  }

  async #attempt(
    amount: number,
    unit: string,
    send: (signal: AbortSignal) => Promise<SendResult>,
  ): Promise<SendResult> {
    const started = performance.now();
    if (this.#reporter.debugs) this.#reporter.debug(`exporter ${this.name}: sending ${amount} ${unit}`);
    const result = await this.#limited(send);
    this.health.record(result);
    this.#metrics?.attempted(result, performance.now() - started);
    if (this.#reporter.debugs) {
      const ms = (performance.now() - started).toFixed(1);
      this.#reporter.debug(
        `exporter ${this.name}: ${amount} ${unit} ${OUTCOMES[result.outcome]} after ${ms} ms`,
      );
    }
    return result;
  }

  async #limited(send: (signal: AbortSignal) => Promise<SendResult>): Promise<SendResult> {
    try {
      return await withTimeLimit(this.#timeout, send);
    } catch (error) {
      return { outcome: 'refused', message: `failed: ${messageOf(error)}` };
    }
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.#hurry.signal.aborted) {
        resolve();
        return;
      }
      const wake = (): void => {
        clearTimeout(timer);
        this.#hurry.signal.removeEventListener('abort', wake);
        resolve();
      };
      const timer = setTimeout(wake, ms).unref();
      this.#hurry.signal.addEventListener('abort', wake, { once: true });
    });
  }
}
