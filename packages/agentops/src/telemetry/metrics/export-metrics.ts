import type { Attributes, Histogram, HrTime, Meter } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { Reporter } from '../../reporter.ts';
import * as metric from '../../semconv/metrics.ts';
import type { SendResult } from '../exporters/sender.ts';
import { instruments } from './instruments.ts';

/** What went wrong with an attempt; stands in `error.type`. */
type ExportFailure = Exclude<SendResult['outcome'], 'delivered'>;

/** Histograms of all exporters. */
export class ExportHistograms {
  readonly duration: Histogram;
  readonly batchSize: Histogram;
  readonly delay: Histogram;

  constructor(meter: Meter) {
    this.duration = instruments.histogram(meter, metric.EXPORT_DURATION);
    this.batchSize = instruments.histogram(meter, metric.EXPORT_BATCH_SIZE);
    this.delay = instruments.histogram(meter, metric.EXPORT_DELAY);
  }
}

/**
 * What one exporter tells of its batches and attempts. Counts are kept here as plain numbers and read when metrics are
 * collected; only what is a distribution is recorded, once a batch and never once a span. Never throws.
 */
export class ExportMetrics {
  readonly #histograms: ExportHistograms;
  readonly #reporter: Reporter;
  readonly #attributes: Attributes;
  /** From the start as 0: a series that appears with its first failure has no increase that an alert could see. */
  readonly #failures: Record<ExportFailure, number> = {
    retry: 0,
    refused: 0,
    too_large: 0,
    barred: 0,
  };
  #attempts = 0;
  #retries = 0;
  #inFlight = 0;

  constructor(exporter: string, histograms: ExportHistograms, reporter: Reporter) {
    this.#histograms = histograms;
    this.#reporter = reporter;
    this.#attributes = { [metric.ATTR_EXPORTER]: exporter };
  }

  get attempts(): number {
    return this.#attempts;
  }

  get retries(): number {
    return this.#retries;
  }

  get failures(): Readonly<Record<ExportFailure, number>> {
    return this.#failures;
  }

  /** Spans that were handed to the exporter and of which nothing is known yet. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** A batch is about to be sent for the first time. */
  began(batch: readonly ReadableSpan[]): void {
    this.#inFlight += batch.length;
    this.#record(this.#histograms.batchSize, batch.length);
  }

  /** One attempt is over. */
  attempted({ outcome }: SendResult, ms: number): void {
    this.#attempts += 1;
    if (outcome !== 'delivered') this.#failures[outcome] += 1;
    this.#record(this.#histograms.duration, ms / 1000);
  }

  /** A batch is about to be sent once more. */
  retrying(): void {
    this.#retries += 1;
  }

  /** Nothing more is tried with a batch. */
  ended(batch: readonly ReadableSpan[], delivered: boolean): void {
    this.#inFlight -= batch.length;
    if (!delivered || batch.length === 0) return;
    const now = Date.now();
    const delays = Float64Array.from(batch, (span) => Math.max(0, now - toMilliseconds(span.endTime))).sort();
    const last = delays.length - 1;
    for (const index of new Set([0, last >> 1, last])) {
      this.#record(this.#histograms.delay, (delays[index] ?? 0) / 1000);
    }
  }

  /** The instrument may be of the user's own meter provider. */
  #record(histogram: Histogram, value: number): void {
    this.#reporter.guard('metrics', () => histogram.record(value, this.#attributes));
  }
}

function toMilliseconds([seconds, nanos]: HrTime): number {
  return seconds * 1000 + nanos / 1e6;
}
