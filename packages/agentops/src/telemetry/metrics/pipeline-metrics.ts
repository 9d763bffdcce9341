import process from 'node:process';
import type {
  Attributes,
  BatchObservableCallback,
  BatchObservableResult,
  Meter,
  Observable,
} from '@opentelemetry/api';
import { ATTR_ERROR_TYPE } from '../../semconv/attributes.ts';
import * as metric from '../../semconv/metrics.ts';
import type { DropReason, LaneStats } from '../processors/ledger.ts';
import type { IgnoredReason } from '../propagation/ignored-headers.ts';
import type { SpoolDepth } from '../spool/spool.ts';
import type { ExportFailure, ExportMetrics } from './export-metrics.ts';
import { instruments } from './instruments.ts';

/** One exporter's lane, as metrics see it. */
export interface LaneFigures {
  readonly name: string;
  readonly stats: LaneStats;
  /** Spans the queue can hold. */
  readonly capacity: number;
  /** Undefined where the exporter has no spool. */
  readonly spoolDepth: SpoolDepth | undefined;
}

/** Estimated bytes of the spans that wait in memory for all exporters, and how many there may be. */
export interface QueueBytes {
  readonly used: number;
  readonly limit: number;
}

/** Where the figures come from; read only when metrics are collected. */
export interface PipelineSources {
  readonly lanes: readonly LaneFigures[];
  /** By exporter. */
  readonly exports: ReadonlyMap<string, ExportMetrics>;
  readonly activeSessions: () => number;
  readonly budget?: QueueBytes | undefined;
  /** By reason. */
  readonly ignoredHeaders?: () => Readonly<Record<IgnoredReason, number>>;
  /** Called before anything is read: time to count what has only been added up. */
  readonly settle?: () => void;
}

/**
 * Where on its way a span is lost: before the exporter has got it, by the exporter's answer, or in the spool. Every reason
 * is reported from the start, as 0: a series that appears with its first loss has no increase that an alert could see.
 */
const LOST_IN: Readonly<Record<DropReason, 'queue' | 'export' | 'spool'>> = {
  queue_full: 'queue',
  shutdown: 'queue',
  filtered: 'queue',
  export_failed: 'export',
  rejected: 'export',
  too_large: 'export',
  spool_full: 'spool',
  spool_expired: 'spool',
  spool_unreadable: 'spool',
};

/** `error.type` of a failed attempt: one that may succeed later is told apart from one that lost its batch. */
const FAILURE_TYPES: Readonly<Record<ExportFailure, string>> = {
  retry: 'retryable',
  barred: 'barred',
  refused: 'refused',
  too_large: 'too_large',
};

const COMPONENT_TYPE = 'agentops_export_lane';

/**
 * Queues, ledgers, spools, sessions and memory as observable instruments: nothing is counted twice and nothing costs
 * anything until metrics are collected.
 */
export class PipelineMetrics {
  readonly #meter: Meter;
  readonly #sources: PipelineSources;
  readonly #observables: ReturnType<typeof createObservables>;
  readonly #callback: BatchObservableCallback = (result) => this.#observe(result);

  constructor(meter: Meter, sources: PipelineSources) {
    this.#meter = meter;
    this.#sources = sources;
    this.#observables = createObservables(meter);
    meter.addBatchObservableCallback(this.#callback, this.#all);
  }

  /** The meter may be the application's, and outlive what it would otherwise go on reading. */
  stop(): void {
    this.#meter.removeBatchObservableCallback(this.#callback, this.#all);
  }

  get #all(): Observable[] {
    return Object.values(this.#observables);
  }

  #observe(result: BatchObservableResult): void {
    const { lanes, exports, activeSessions, ignoredHeaders, budget, settle } = this.#sources;
    settle?.();
    for (const lane of lanes) {
      this.#observeLane(result, lane);
      this.#observeSpool(result, lane);
      this.#observeExports(result, lane.name, exports.get(lane.name));
    }
    result.observe(this.#observables.sessionsActive, activeSessions());
    for (const [reason, count] of Object.entries(ignoredHeaders?.() ?? {})) {
      result.observe(this.#observables.ignored, count, { [metric.ATTR_IGNORED_REASON]: reason });
    }
    this.#observeMemory(result, budget);
  }

  #observeLane(result: BatchObservableResult, { name, stats, capacity }: LaneFigures): void {
    const own = this.#observables;
    const { ended, recovered, pending, delivered, spooled, dropped } = stats;
    const attributes = { [metric.ATTR_EXPORTER]: name };
    result.observe(own.ended, ended, attributes);
    result.observe(own.recovered, recovered, attributes);
    result.observe(own.pending, pending, attributes);
    result.observe(own.delivered, delivered, attributes);
    result.observe(own.spooled, spooled, attributes);
    const component = componentOf(name);
    const counts: Readonly<Record<string, number>> = dropped;
    let unprocessed = pending;
    for (const [reason, place] of Object.entries(LOST_IN)) {
      const count = counts[reason] ?? 0;
      result.observe(own.dropped, count, { ...attributes, [metric.ATTR_DROP_REASON]: reason });
      const failed = { ...component, [ATTR_ERROR_TYPE]: reason };
      if (place === 'export') result.observe(own.exported, count, failed);
      if (place !== 'queue') continue;
      unprocessed += count;
      result.observe(own.processed, count, failed);
    }
    result.observe(own.processed, ended - unprocessed, component);
    result.observe(own.exported, delivered, component);
    result.observe(own.queueSize, pending, component);
    result.observe(own.queueCapacity, capacity, component);
  }

  #observeSpool(result: BatchObservableResult, { name, spoolDepth }: LaneFigures): void {
    if (spoolDepth === undefined) return;
    const { bytes, records, oldest } = spoolDepth;
    const attributes = { [metric.ATTR_EXPORTER]: name };
    const age = oldest === undefined ? 0 : Math.max(0, (Date.now() - oldest) / 1000);
    result.observe(this.#observables.spoolBytes, bytes, attributes);
    result.observe(this.#observables.spoolRecords, records, attributes);
    result.observe(this.#observables.spoolOldestAge, age, attributes);
  }

  #observeExports(result: BatchObservableResult, name: string, figures: ExportMetrics | undefined): void {
    if (figures === undefined) return;
    const own = this.#observables;
    const attributes = { [metric.ATTR_EXPORTER]: name };
    result.observe(own.attempts, figures.attempts, attributes);
    result.observe(own.retries, figures.retries, attributes);
    result.observe(own.inFlight, figures.inFlight, componentOf(name));
    for (const [failure, type] of Object.entries(FAILURE_TYPES)) {
      const count = figures.failures[failure as ExportFailure];
      result.observe(own.failures, count, { ...attributes, [ATTR_ERROR_TYPE]: type });
    }
  }

  #observeMemory(result: BatchObservableResult, budget: QueueBytes | undefined): void {
    const own = this.#observables;
    const { rss, heapUsed, heapTotal, external, arrayBuffers } = process.memoryUsage();
    const byType = {
      rss,
      heap_used: heapUsed,
      heap_total: heapTotal,
      external,
      array_buffers: arrayBuffers,
    };
    for (const [type, bytes] of Object.entries(byType)) {
      result.observe(own.memory, bytes, { [metric.ATTR_MEMORY_TYPE]: type });
    }
    if (budget === undefined) return;
    result.observe(own.queueBytes, budget.used);
    result.observe(own.queueBytesLimit, budget.limit);
  }
}

function createObservables(meter: Meter) {
  const { observableCounter, observableUpDownCounter, observableGauge } = instruments;
  return {
    ended: observableCounter(meter, metric.SPANS_ENDED),
    recovered: observableCounter(meter, metric.SPANS_RECOVERED),
    delivered: observableCounter(meter, metric.SPANS_DELIVERED),
    dropped: observableCounter(meter, metric.SPANS_DROPPED),
    pending: observableUpDownCounter(meter, metric.SPANS_PENDING),
    spooled: observableUpDownCounter(meter, metric.SPANS_SPOOLED),
    attempts: observableCounter(meter, metric.EXPORT_ATTEMPTS),
    failures: observableCounter(meter, metric.EXPORT_FAILURES),
    retries: observableCounter(meter, metric.EXPORT_RETRIES),
    spoolBytes: observableUpDownCounter(meter, metric.SPOOL_BYTES),
    spoolRecords: observableUpDownCounter(meter, metric.SPOOL_RECORDS),
    spoolOldestAge: observableGauge(meter, metric.SPOOL_OLDEST_AGE),
    queueBytes: observableUpDownCounter(meter, metric.QUEUE_BYTES),
    queueBytesLimit: observableUpDownCounter(meter, metric.QUEUE_BYTES_LIMIT),
    memory: observableGauge(meter, metric.PROCESS_MEMORY),
    sessionsActive: observableUpDownCounter(meter, metric.SESSIONS_ACTIVE),
    ignored: observableCounter(meter, metric.PROPAGATION_IGNORED),
    processed: observableCounter(meter, metric.PROCESSOR_PROCESSED),
    queueSize: observableUpDownCounter(meter, metric.PROCESSOR_QUEUE_SIZE),
    queueCapacity: observableUpDownCounter(meter, metric.PROCESSOR_QUEUE_CAPACITY),
    inFlight: observableUpDownCounter(meter, metric.EXPORTER_INFLIGHT),
    exported: observableCounter(meter, metric.EXPORTER_EXPORTED),
  };
}

function componentOf(exporter: string): Attributes {
  return { [metric.ATTR_COMPONENT_TYPE]: COMPONENT_TYPE, [metric.ATTR_COMPONENT_NAME]: exporter };
}
