import {
  type Attributes,
  type Context,
  context,
  createContextKey,
  type Meter,
  ProxyTracerProvider,
  propagation,
  ROOT_CONTEXT,
  type Span,
  type SpanOptions,
  TraceFlags,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  type ReadableSpan,
  type Span as SdkSpan,
  type SpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { BatchConfig, ContextConfig, LiveConfig, SamplingConfig } from '../config/config.ts';
import type { InitOptions, TelemetryUpdate } from '../config/options.ts';
import { resolveUpdate, updatedSampling } from '../config/update.ts';
import { AgentOpsError } from '../errors.ts';
import { SessionIdGenerator } from '../ids.ts';
import type { Reporter } from '../reporter.ts';
import type { OpenSessions } from '../session/open-sessions.ts';
import { hrNow } from '../time.ts';
import { VERSION } from '../version.ts';
import { type ActiveSpan, activeSpanOf } from './active-span.ts';
import type { Deadline } from './deadline.ts';
import { deliverAtExit } from './exit/exit-delivery.ts';
import type { Metrics } from './metrics/metrics.ts';
import type { QueueBytes } from './metrics/pipeline-metrics.ts';
import {
  AttributeProcessor,
  type SetAttributes,
  toAttributes,
  writeAttribute,
} from './processors/attribute-processor.ts';
import { BaggageProcessor } from './processors/baggage-processor.ts';
import { DeliveryProcessor } from './processors/delivery-processor.ts';
import type { ExportLane } from './processors/export-lane.ts';
import { ExportProcessor } from './processors/export-processor.ts';
import { GuardedProcessor } from './processors/guarded-processor.ts';
import type { LaneStats } from './processors/ledger.ts';
import type { LiveLane } from './processors/live-lane.ts';
import { LiveSpanProcessor } from './processors/live-processor.ts';
import { isOfSession, isSessionRoot } from './processors/running-spans.ts';
import { SamplingProcessor } from './processors/sampling-processor.ts';
import { SessionProcessor } from './processors/session-processor.ts';
import { SpanLogProcessor } from './processors/span-log-processor.ts';
import { createPropagator } from './propagation/create-propagator.ts';
import type { Redactor } from './redaction/redactor.ts';
import type { SamplingStats, SessionSampler } from './sampling/session-sampler.ts';

export interface TelemetryOptions {
  readonly serviceName: string;
  /** Attributes of the Resource, the service's name among them. */
  readonly resource: Attributes;
  /** One per exporter. */
  readonly lanes: readonly ExportLane[];
  /** Processors of the user's, run before the lanes. */
  readonly processors: readonly SpanProcessor[];
  readonly sampler: SessionSampler;
  readonly context: ContextConfig;
  readonly live: LiveConfig | false;
  /** One for each exporter that can show spans before they end. */
  readonly liveLanes: readonly LiveLane[];
  /** See `waitUntil` of the options of `init`. */
  readonly waitUntil?: InitOptions['waitUntil'];
  /** What `sampler` was made of; `update` changes it key by key. */
  readonly sampling: SamplingConfig;
  /** Whether messages, arguments and results are recorded. */
  readonly captureContent: boolean;
  readonly metrics: Metrics;
  /** What the lanes together hold in memory. */
  readonly budget?: QueueBytes;
  /** Sees every span before the lanes do. */
  readonly redactor: Redactor;
  readonly open: OpenSessions;
  readonly reporter: Reporter;
}

interface CheckedUpdate {
  readonly batch: (exporter: string) => Partial<Pick<BatchConfig, 'size' | 'interval'>> | undefined;
  /** What is to hold from now on, where anything is to change. */
  readonly sampling?: (inForce: SamplingConfig) => SamplingConfig;
}

/** Where the application's spans come from: a provider of ours, the application's own, or nowhere at all. */
type SetUp = 'own' | 'joined' | 'off';

/**
 * Owns everything OpenTelemetry: provider, processors, lanes, context manager, propagator. An application that has
 * registered a provider of its own keeps it: its tracer and its context are used, and it hands spans over through
 * `agentopsSpanProcessor()`.
 */
export class TelemetryManager {
  readonly captureContent: boolean;
  readonly #options: TelemetryOptions;
  readonly #attributes = new AttributeProcessor();
  readonly #sessions: SessionProcessor;
  /** The user's own. */
  readonly #processors: readonly GuardedProcessor[];
  readonly #ids = new SessionIdGenerator();
  /** Ids of the traces of sessions that record nothing, where there is no span to take one from. */
  readonly #ghosts = new WeakMap<Span, string>();
  #sampling: SamplingConfig;
  #setUp: SetUp = 'off';
  #processor: SpanProcessor | undefined;
  #live: LiveSpanProcessor | undefined;
  /** Takes back the global registrations that were made, and those alone. */
  readonly #undo: (() => void)[] = [];
  #tracer: Tracer | undefined;

  constructor(options: TelemetryOptions) {
    this.#options = options;
    this.#sampling = options.sampling ?? { rate: 1, rules: [] };
    this.captureContent = options.captureContent;
    this.#sessions = new SessionProcessor(
      options.serviceName,
      options.open,
      options.metrics,
      (span, attributes) => this.setAttributes(span, attributes),
    );
    this.#processors = options.processors.map(
      (processor) => new GuardedProcessor(processor, options.reporter),
    );
  }

  /** For an application's own provider; the manager's own provider has it already. */
  get processor(): SpanProcessor | undefined {
    return this.#processor;
  }

  /** The tracer that makes the SDK's spans. One that makes none before `start` and after `shutdown`. */
  get tracer(): Tracer {
    return this.#tracer ?? new ProxyTracerProvider().getTracer('agentops');
  }

  /**
   * Makes instruments of your own, read by whatever reads the SDK's: Prometheus, OTLP, your readers. Where nothing does,
   * they do nothing.
   */
  get meter(): Meter {
    return this.#options.metrics.meter;
  }

  /** @internal What the SDK itself counts and times. */
  get metrics(): Metrics {
    return this.#options.metrics;
  }

  /** False before `start` and after `shutdown`: spans then record nothing. */
  get enabled(): boolean {
    return this.#setUp !== 'off';
  }

  /** True where the application's own OpenTelemetry set-up is used. */
  get joined(): boolean {
    return this.#setUp === 'joined';
  }

  /** Registers provider, context manager and propagator, unless the application has its own. */
  start(): void {
    const { lanes, metrics, open, budget } = this.#options;
    for (const lane of lanes) lane.start();
    metrics.observe({ lanes, activeSessions: () => open.size, budget });
    if (!hasContextManager()) {
      context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
      this.#undo.push(() => context.disable());
    }
    if (hasProvider()) {
      this.#setUp = 'joined';
      this.#processor = this.#chain(true);
      this.#tracer = trace.getTracer('agentops', VERSION);
      return;
    }
    const { resource, sampler } = this.#options;
    this.#processor = this.#chain(false);
    const provider = new TracerProvider({
      resource: resourceFromAttributes(resource),
      sampler: sampler.forTraces,
      idGenerator: this.#ids,
      spanProcessors: [this.#processor],
      meterProvider: metrics.meterProvider,
    });
    trace.setGlobalTracerProvider(provider);
    this.#undo.push(() => trace.disable());
    if (propagation.setGlobalPropagator(createPropagator(this.#options.context))) {
      this.#undo.push(() => propagation.disable());
    }
    this.#setUp = 'own';
    this.#tracer = provider.getTracer('agentops', VERSION);
  }

  /** Starts the root span of a trace, under `traceId` where one is wanted and the provider is ours. */
  startRoot(name: string, options: SpanOptions, traceId?: string): Span {
    const start = (): Span => this.tracer.startSpan(name, { ...options, root: true });
    if (this.#setUp === 'own' && traceId !== undefined) return this.#ids.withTraceId(traceId, start);
    const span = start();
    if (this.#setUp === 'joined') this.#checkJoined(span, traceId);
    if (this.#setUp === 'off' && traceId !== undefined) this.#ghosts.set(span, traceId);
    return span;
  }

  /**
   * Starts a span of the SDK's own below the span of `parent`.
   *
   * @param attributes Those the SDK makes itself; a user's belong into `options`, where they are checked.
   */
  startSpan(name: string, attributes: SetAttributes, options: SpanOptions, parent: Context): Span {
    if (this.#setUp !== 'own') {
      return this.tracer.startSpan(
        name,
        { ...options, attributes: { ...toAttributes(attributes), ...options.attributes } },
        parent,
      );
    }
    return this.#attributes.startWith(attributes, () => this.tracer.startSpan(name, options, parent));
  }

  /** Sets attributes that the SDK makes itself on a span of its own. */
  setAttributes(span: Span, attributes: SetAttributes): void {
    if (this.#setUp !== 'own') span.setAttributes(toAttributes(attributes));
    // The SDK hands out one object under its two faces.
    else if (span.isRecording()) attributes((key, value) => writeAttribute(span as SdkSpan, key, value));
  }

  /** Says what an application's own set-up keeps from being done, instead of losing spans in silence. */
  #checkJoined(root: Span, traceId: string | undefined): void {
    const { reporter } = this.#options;
    if (traceId !== undefined) {
      reporter.debug(`a trace id can only be chosen in a set-up of our own: ${traceId}`);
    }
    if (!root.isRecording() || this.#sessions.running.has(root)) return;
    reporter.error(
      new AgentOpsError(
        'invalid_config',
        'the application has an OpenTelemetry provider of its own, and that hands its spans to no agentopsSpanProcessor(): ' +
          'nothing of this session reaches the exporters of init; add it to the spanProcessors of the provider',
      ),
      'warn',
    );
  }

  /** The id of the trace `span` belongs to. Where telemetry is off, each span is given one of its own. */
  traceIdOf(span: Span): string {
    const spanContext = span.spanContext();
    if (trace.isSpanContextValid(spanContext)) return spanContext.traceId;
    const ghost = this.#ghosts.get(span) ?? this.#ids.generateTraceId();
    this.#ghosts.set(span, ghost);
    return ghost;
  }

  /**
   * True where the sampler has decided against the trace of `root`, so that nothing below it is recorded either. In an
   * application's own set-up that is for the application's sampler to say, span by span.
   */
  isSampledOut(root: Span): boolean {
    const spanContext = root.spanContext();
    return (
      this.#setUp === 'own' &&
      !root.isRecording() &&
      (spanContext.traceFlags & TraceFlags.SAMPLED) === 0 &&
      trace.isSpanContextValid(spanContext)
    );
  }

  /**
   * Ends every span that is still running, the innermost first; sessions end by themselves. In an application's own
   * set-up, spans of no session are left alone: they are not ours.
   */
  endRunning(): void {
    for (const { span, scope } of this.#sessions.running.all().reverse()) {
      if (scope !== undefined || !(this.joined || isSessionRoot(span))) span.end(hrNow());
    }
  }

  /** The spans that have started and not ended, oldest first; in an application's own set-up, those of sessions. */
  activeSpans(): ActiveSpan[] {
    const running = this.#sessions.running.all();
    return running.filter((span) => !this.joined || isOfSession(span)).map(activeSpanOf);
  }

  /**
   * Changes batch size, interval and sampling while running: for all exporters, and for the sessions that start from
   * now on. What is not given stays as it is. A sampler object of your own is left alone.
   *
   * @throws {AgentOpsError} `invalid_config` when a value is wrong; nothing is changed then.
   */
  update(update: TelemetryUpdate): void {
    const { batch, sampling } = resolveUpdate(update);
    this.apply({
      batch: () => batch,
      ...(Object.keys(sampling).length > 0 && { sampling: (inForce) => updatedSampling(inForce, sampling) }),
    });
  }

  /** @internal The same for values that have been checked; `batch` is asked for each exporter by its name. */
  apply({ batch, sampling }: CheckedUpdate): void {
    for (const lane of this.#options.lanes) lane.update(batch(lane.name) ?? {});
    if (sampling === undefined) return;
    this.#sampling = sampling(this.#sampling);
    this.#options.sampler.update(this.#sampling);
  }

  /** Resolves when every span that ended before the call has been delivered, spooled or dropped. */
  async flush(): Promise<void> {
    await Promise.all([
      ...this.#options.lanes.map((lane) => lane.flush()),
      ...this.#processors.map((processor) => processor.forceFlush()),
    ]);
    await this.#options.metrics.flush();
  }

  /** Delivers what it can by `deadline`, closes the exporters and takes back what it registered. Never rejects. */
  async shutdown(deadline: Deadline): Promise<void> {
    this.#live?.stop();
    const { lanes, metrics } = this.#options;
    // A destination that hangs takes all the time there is, and that is what the metrics have to tell.
    if (lanes.some((lane) => lane.stats.pending > 0)) void metrics.flush();
    await Promise.all([
      ...lanes.map((lane) => lane.shutdown(deadline)),
      ...this.#processors.map((processor) => deadline.limit(processor.shutdown())),
    ]);
    // Last, so that it has the final figures.
    await metrics.shutdown(deadline);
    for (const undo of this.#undo.splice(0)) undo();
    this.#setUp = 'off';
    this.#processor = undefined;
    this.#tracer = undefined;
  }

  /** For the end of the process: delivers what it can within half a second and spools the rest, synchronously. */
  leave(): void {
    this.#live?.stop();
    deliverAtExit(this.#options.lanes, this.#options.reporter);
  }

  /** What became of the spans, by exporter. */
  stats(): Record<string, LaneStats> {
    return Object.fromEntries(this.#options.lanes.map((lane) => [lane.name, lane.stats]));
  }

  /** What became of the sessions at their sampling. */
  samplingStats(): SamplingStats {
    return this.#options.sampler.stats;
  }

  /** Marks first, exports last, and between them the user's own processors; a fault of one stays its own. */
  #chain(joined: boolean): SpanProcessor {
    const { lanes, redactor, reporter, sampler, context, waitUntil } = this.#options;
    const sampling = new SamplingProcessor(sampler, new ExportProcessor(lanes, redactor, joined), joined);
    this.#live = this.#startLive((span) => sampling.exports(span));
    const guarded = (processor: SpanProcessor) => new GuardedProcessor(processor, reporter);
    const processors: readonly SpanProcessor[] = [
      ...(joined ? [] : [this.#attributes]),
      guarded(this.#sessions),
      ...(context.baggage.attributes.length > 0
        ? [guarded(new BaggageProcessor(context.baggage.attributes, joined))]
        : []),
      ...this.#processors,
      ...(reporter.debugs ? [guarded(new SpanLogProcessor(reporter))] : []),
      guarded(sampling),
      ...(this.#live === undefined ? [] : [guarded(this.#live)]),
      ...(waitUntil === undefined ? [] : [guarded(new DeliveryProcessor(waitUntil, () => this.flush()))]),
    ];
    return {
      onStart: (span, parentContext) => {
        for (const processor of processors) processor.onStart(span, parentContext);
      },
      onEnding: (span) => {
        for (const processor of processors) processor.onEnding?.(span);
      },
      onEnd: (span) => {
        for (const processor of processors) processor.onEnd(span);
      },
      forceFlush: () => this.flush(),
      shutdown: () => this.flush(),
    };
  }

  #startLive(exports: (span: ReadableSpan) => boolean): LiveSpanProcessor | undefined {
    const { live, liveLanes: lanes, reporter } = this.#options;
    if (live === false || lanes.length === 0) return undefined;
    const { running } = this.#sessions;
    const prepare = (span: ReadableSpan): ReadableSpan => this.#options.redactor.span(span);
    const processor = new LiveSpanProcessor({ ...live, running, lanes, exports, prepare, reporter });
    processor.start();
    return processor;
  }
}

const PROBE = createContextKey('agentops.probe');

function hasContextManager(): boolean {
  return context.with(ROOT_CONTEXT.setValue(PROBE, true), () => context.active().getValue(PROBE) === true);
}

/** A proxy that delegates to what an empty proxy delegates to stands for nothing. */
function hasProvider(): boolean {
  const provider = trace.getTracerProvider();
  return (
    !(provider instanceof ProxyTracerProvider) ||
    provider.getDelegate() !== new ProxyTracerProvider().getDelegate()
  );
}
