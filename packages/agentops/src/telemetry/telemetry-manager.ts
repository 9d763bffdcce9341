import {
  type Context,
  type Meter,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  type SpanOptions,
  TraceFlags,
  type Tracer,
  type TracerOptions,
  trace,
} from '@opentelemetry/api';
import type { Span as SdkSpan, SpanProcessor } from '@opentelemetry/sdk-trace';
import type { BatchConfig, SamplingConfig } from '../config/config.ts';
import type { TelemetryUpdate } from '../config/options.ts';
import { resolveUpdate, updatedSampling } from '../config/update.ts';
import { AgentOpsError } from '../errors.ts';
import { SessionIdGenerator } from '../ids.ts';
import type { Prices } from '../instrumentation/cost/prices.ts';
import { type DetachedRoot, traceparentOf } from '../session/session-reference.ts';
import { hrNow } from '../time.ts';
import { type ActiveSpan, activeSpanOf } from './active-span.ts';
import type { Deadline } from './deadline.ts';
import { deliverAtExit } from './exit/exit-delivery.ts';
import { GlobalSetUp } from './global-set-up.ts';
import type { Metrics } from './metrics/metrics.ts';
import {
  AttributeProcessor,
  type SetAttributes,
  toAttributes,
  writeAttribute,
} from './processors/attribute-processor.ts';
import { createChain } from './processors/create-chain.ts';
import { GuardedProcessor } from './processors/guarded-processor.ts';
import type { LaneStats } from './processors/ledger.ts';
import type { LiveSpanProcessor } from './processors/live-processor.ts';
import { isSessionRoot } from './processors/running-spans.ts';
import { SessionProcessor } from './processors/session-processor.ts';
import { ModelRequestContext } from './propagation/model-request.ts';
import { Propagation } from './propagation/propagation.ts';
import { type SamplingStats, withDecision } from './sampling/session-sampler.ts';
import { OFF, type SetUp, setUpOpenTelemetry } from './set-up.ts';
import type { TelemetryOptions } from './telemetry-options.ts';

interface CheckedUpdate {
  readonly batch: (exporter: string) => Partial<Pick<BatchConfig, 'size' | 'interval'>> | undefined;
  /** What is to hold from now on, where anything is to change. */
  readonly sampling?: (inForce: SamplingConfig) => SamplingConfig;
}

/**
 * Owns everything OpenTelemetry: provider, processors, lanes, context manager, propagator. An application that has
 * registered a provider of its own keeps it: its tracer and its context are used, and it hands spans over through
 * `agentopsSpanProcessor()`.
 */
export class TelemetryManager {
  readonly captureContent: boolean;
  /** @internal What calls of models cost. */
  readonly prices: Prices;
  /** How context comes into this process and leaves it. */
  readonly propagation: Propagation;
  readonly #options: TelemetryOptions;
  readonly #attributes = new AttributeProcessor();
  readonly #sessions: SessionProcessor;
  /** The user's own. */
  readonly #processors: readonly GuardedProcessor[];
  readonly #ids = new SessionIdGenerator();
  /** Ids of the traces of sessions that record nothing, where there is no span to take one from. */
  readonly #ghosts = new WeakMap<Span, string>();
  #sampling: SamplingConfig;
  #setUp: SetUp = OFF;
  #processor: SpanProcessor | undefined;
  #live: LiveSpanProcessor | undefined;
  readonly #globals = new GlobalSetUp();

  constructor(options: TelemetryOptions) {
    this.#options = options;
    this.#sampling = options.sampling;
    this.captureContent = options.captureContent;
    this.prices = options.prices;
    this.propagation = new Propagation(options.context, options.reporter, (context) => this.shown(context));
    const { serviceName, open, metrics, prices } = options;
    this.#sessions = new SessionProcessor({
      ...{ serviceName, open, metrics, prices },
      setAttributes: (span, attributes) => this.setAttributes(span, attributes),
      isJoined: () => this.joined,
      denied: options.denied,
    });
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
    return this.#setUp.tracer;
  }

  /** A tracer for spans of another instrumentation scope. Like `tracer`, it makes none before `start` and after `shutdown`. */
  tracerOf(name: string, version?: string, options?: TracerOptions): Tracer {
    return this.#setUp.provider.getTracer(name, version, options);
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
    return this.#setUp !== OFF;
  }

  /** True where the application's own OpenTelemetry set-up is used. */
  get joined(): boolean {
    return this.#setUp.kind === 'joined';
  }

  /** Registers provider, context manager and propagator, unless the application has its own. */
  start(): void {
    const { lanes, metrics, open, budget } = this.#options;
    for (const lane of lanes) lane.start();
    metrics.observe({
      ...{ lanes, budget },
      activeSessions: () => open.size,
      ignoredHeaders: () => this.propagation.ignored,
    });
    this.#setUp = setUpOpenTelemetry({
      options: this.#options,
      globals: this.#globals,
      ids: this.#ids,
      propagator: this.propagation.propagator,
      connect: (joined) => this.#connect(joined),
    });
  }

  /** @internal The span of `context` below which spans of ours belong. */
  currentSpan(context: Context): Span | undefined {
    return this.#setUp.current.of(context);
  }

  /** @internal `context` with `span`, which is ours, as the one below which others of ours belong. */
  contextWith(context: Context, span: Span): Context {
    return this.#setUp.current.in(context, span);
  }

  /** @internal The context in which a client sends the request to a model's provider that has `span`, which is ours. */
  modelRequestContext(parent: Context, span: Span): ModelRequestContext {
    return new ModelRequestContext(parent, span, this.#setUp.current);
  }

  /** @internal `context` with a span of another process as the one below which spans of ours belong. */
  contextBelow(context: Context, remote: SpanContext): Context {
    return this.#setUp.current.below(context, remote);
  }

  /** @internal `context` as OpenTelemetry's own functions are to see it: with our span as the current one. */
  shown(context: Context): Context {
    return this.#setUp.current.shown(context);
  }

  /** Starts the root span of a trace, under `traceId` where one is wanted and the provider is ours. */
  startRoot(name: string, options: SpanOptions, traceId?: string): Span {
    const start = (): Span => this.tracer.startSpan(name, { ...options, root: true });
    if (this.#setUp.kind === 'own' && traceId !== undefined) return this.#ids.withIds({ traceId }, start);
    const span = start();
    if (this.#setUp.kind === 'joined') this.#checkJoined(span, traceId);
    if (this.#setUp.kind === 'off' && traceId !== undefined) this.#ghosts.set(span, traceId);
    return span;
  }

  /**
   * Starts again a root that another process has started and not ended, under its own ids and with the decision that was
   * made there. In a set-up of our own alone.
   */
  resumeRoot(name: string, options: SpanOptions, { traceId, spanId, traceFlags }: SpanContext): Span {
    const decided = withDecision(ROOT_CONTEXT, (traceFlags & TraceFlags.SAMPLED) !== 0);
    return this.#ids.withIds({ traceId, spanId }, () =>
      this.tracer.startSpan(name, { ...options, root: true }, decided),
    );
  }

  /** True where the trace of `root` is exported although it is not sampled. */
  isKept(root: Span): boolean {
    return this.#options.sampler.held.isKept(root.spanContext().traceId);
  }

  /**
   * Lets go of a span that another process is going to end: this one never exports it. What is held until that end is let
   * go as well. Returns what is on it.
   */
  release(span: Span): Pick<DetachedRoot, 'attributes' | 'links'> {
    // The SDK hands out one object under its two faces.
    this.#live?.letGo(span as SdkSpan);
    this.#sessions.running.remove(span as SdkSpan);
    this.#options.sampler.held.release(span.spanContext().traceId);
    if (!span.isRecording()) return { attributes: {} };
    const { attributes, links } = span as SdkSpan;
    return {
      attributes: { ...attributes },
      ...(links.length > 0 && { links: links.map((link) => traceparentOf(link.context)) }),
    };
  }

  /**
   * Starts a span of the SDK's own below the span of `parent`.
   *
   * @param attributes Those the SDK makes itself; a user's belong into `options`, where they are checked.
   */
  startSpan(name: string, attributes: SetAttributes, options: SpanOptions, parent: Context): Span {
    if (this.#setUp.kind !== 'own') {
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
    if (this.#setUp.kind !== 'own') span.setAttributes(toAttributes(attributes));
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
      this.#setUp.kind === 'own' &&
      !root.isRecording() &&
      (spanContext.traceFlags & TraceFlags.SAMPLED) === 0 &&
      trace.isSpanContextValid(spanContext)
    );
  }

  /** @internal Says how `span` is to end where it is still running when telemetry ends: with what has come of its work. */
  whenCutOff(span: Span, end: () => void): void {
    const running = this.#sessions.running.get(span as SdkSpan);
    if (running !== undefined) running.cutOff = end;
  }

  /**
   * Ends every span that is still running, the innermost first; sessions end by themselves. In an application's own
   * set-up, spans of no session are left alone: they are not ours.
   */
  endRunning(): void {
    for (const { span, cutOff } of this.#sessions.running.all().reverse()) {
      if (isSessionRoot(span)) continue;
      cutOff?.();
      if (span.isRecording()) span.end(hrNow());
    }
  }

  /** The spans that have started and not ended, oldest first; in an application's own set-up, those of sessions. */
  activeSpans(): ActiveSpan[] {
    return this.#sessions.running.all().map(activeSpanOf);
  }

  /** True for a span of a request of this process's that is under way. */
  isRunningClientSpan(spanId: string): boolean {
    return this.#sessions.running.some(
      ({ span }) => span.kind === SpanKind.CLIENT && span.spanContext().spanId === spanId,
    );
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
      this.#live?.parted(),
    ]);
    await this.#options.metrics.flush();
  }

  /** Delivers what it can by `deadline`, closes the exporters and takes back what it registered. Never rejects. */
  async shutdown(deadline: Deadline): Promise<void> {
    this.#live?.stop();
    if (this.#live !== undefined) await deadline.limit(this.#live.parted());
    const { lanes, metrics } = this.#options;
    // A destination that hangs takes all the time there is, and that is what the metrics have to tell.
    if (lanes.some((lane) => lane.stats.pending > 0)) void metrics.flush();
    await Promise.all([
      ...lanes.map((lane) => lane.shutdown(deadline)),
      ...this.#processors.map((processor) => deadline.limit(processor.shutdown())),
    ]);
    // Last, so that it has the final figures.
    await metrics.shutdown(deadline);
    this.#globals.takeBack();
    this.#setUp = OFF;
    this.#processor = undefined;
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

  /** What spans go through from their start to the lanes. */
  #connect(joined: boolean): SpanProcessor {
    const { processor, live } = createChain(this.#options, {
      attributes: joined ? undefined : this.#attributes,
      sessions: this.#sessions,
      users: this.#processors,
      joined,
      flush: () => this.flush(),
    });
    this.#processor = processor;
    this.#live = live;
    live?.start();
    return processor;
  }
}
