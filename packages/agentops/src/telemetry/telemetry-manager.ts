import {
  type Attributes,
  context,
  createContextKey,
  metrics,
  ProxyTracerProvider,
  propagation,
  ROOT_CONTEXT,
  type Span,
  type SpanOptions,
  type TextMapPropagator,
  TraceFlags,
  type Tracer,
  type TracerOptions,
  trace,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOnSampler,
  ParentBasedSampler,
  type Sampler,
  type SpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { AgentOpsError } from '../errors.ts';
import { SessionIdGenerator } from '../ids.ts';
import type { Reporter } from '../reporter.ts';
import { ATTR_AGENTOPS_SPAN_KIND } from '../semconv/attributes.ts';
import type { OpenSessions } from '../session/open-sessions.ts';
import { hrNow } from '../time.ts';
import { VERSION } from '../version.ts';
import type { Deadline } from './deadline.ts';
import { deliverAtExit } from './exit/exit-delivery.ts';
import { GuardedSampler } from './guarded-sampler.ts';
import { DeniedScopes } from './processors/denied-scopes.ts';
import type { ExportLane } from './processors/export-lane.ts';
import { ExportProcessor } from './processors/export-processor.ts';
import { GuardedProcessor } from './processors/guarded-processor.ts';
import type { LaneStats } from './processors/ledger.ts';
import { SessionProcessor } from './processors/session-processor.ts';

export interface TelemetryOptions {
  readonly serviceName: string;
  /** Attributes of the Resource, the service's name among them. */
  readonly resource: Attributes;
  /** One per exporter. */
  readonly lanes: readonly ExportLane[];
  /** Processors of the user's, run before the lanes. */
  readonly processors: readonly SpanProcessor[];
  /** Asked at the root of each trace; what lies below follows. Default: keep everything. */
  readonly sampler?: Sampler;
  /** Default: W3C trace context. */
  readonly propagator?: TextMapPropagator;
  /** Whether messages, arguments and results are recorded. */
  readonly captureContent: boolean;
  /** Instrumentation scopes whose spans are neither exported nor added up. */
  readonly denyScopes?: readonly string[] | undefined;
  readonly open: OpenSessions;
  readonly reporter: Reporter;
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
  /** For an application's own provider; the manager's own provider has it already. */
  readonly processor: SpanProcessor;
  readonly #options: TelemetryOptions;
  readonly #denied: DeniedScopes;
  readonly #sessions: SessionProcessor;
  /** The user's own. */
  readonly #processors: readonly GuardedProcessor[];
  readonly #ids = new SessionIdGenerator();
  /** Ids of the traces of sessions that record nothing, where there is no span to take one from. */
  readonly #ghosts = new WeakMap<Span, string>();
  #setUp: SetUp = 'off';
  /** Takes back the global registrations that were made, and those alone. */
  readonly #undo: (() => void)[] = [];
  #tracer: Tracer | undefined;

  constructor(options: TelemetryOptions) {
    this.#options = options;
    this.captureContent = options.captureContent;
    this.#denied = new DeniedScopes(options.denyScopes);
    this.#sessions = new SessionProcessor(options.serviceName, options.open, this.#denied);
    this.#processors = options.processors.map(
      (processor) => new GuardedProcessor(processor, options.reporter),
    );
    this.processor = this.#chain(true);
  }

  /** The tracer that makes the SDK's spans. One that makes none before `start` and after `shutdown`. */
  get tracer(): Tracer {
    return this.#tracer ?? new ProxyTracerProvider().getTracer('agentops');
  }

  /** A tracer for spans of another instrumentation scope. Like `tracer`, it makes none before `start` and after `shutdown`. */
  tracerOf(name: string, version?: string, options?: TracerOptions): Tracer {
    const provider = this.enabled ? trace.getTracerProvider() : new ProxyTracerProvider();
    return provider.getTracer(name, version, options);
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
    for (const lane of this.#options.lanes) lane.start();
    if (!hasContextManager()) {
      context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
      this.#undo.push(() => context.disable());
    }
    if (hasProvider()) {
      this.#setUp = 'joined';
      this.#tracer = trace.getTracer('agentops', VERSION);
      return;
    }
    const { resource, sampler = new AlwaysOnSampler(), propagator, reporter } = this.#options;
    const provider = new TracerProvider({
      resource: resourceFromAttributes(resource),
      sampler: new ParentBasedSampler({ root: new GuardedSampler(sampler, reporter) }),
      idGenerator: this.#ids,
      spanProcessors: [this.#chain(false)],
      meterProvider: metrics.getMeterProvider(),
    });
    trace.setGlobalTracerProvider(provider);
    this.#undo.push(() => trace.disable());
    if (propagation.setGlobalPropagator(propagator ?? new W3CTraceContextPropagator())) {
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

  /** Says what an application's own set-up keeps from being done, instead of losing spans in silence. */
  #checkJoined(root: Span, traceId: string | undefined): void {
    const { reporter } = this.#options;
    if (traceId !== undefined) {
      reporter.debug(`a trace id can only be chosen in a set-up of our own: ${traceId}`);
    }
    if (!root.isRecording() || this.#sessions.isRunning(root)) return;
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
    for (const span of this.#sessions.running(this.joined).reverse()) {
      if (span.attributes[ATTR_AGENTOPS_SPAN_KIND] !== 'session') span.end(hrNow());
    }
  }

  /** Resolves when every span that ended before the call has been delivered, spooled or dropped. */
  async flush(): Promise<void> {
    await Promise.all([
      ...this.#options.lanes.map((lane) => lane.flush()),
      ...this.#processors.map((processor) => processor.forceFlush()),
    ]);
  }

  /** Delivers what it can by `deadline`, closes the exporters and takes back what it registered. Never rejects. */
  async shutdown(deadline: Deadline): Promise<void> {
    await Promise.all([
      ...this.#options.lanes.map((lane) => lane.shutdown(deadline)),
      ...this.#processors.map((processor) => deadline.limit(processor.shutdown())),
    ]);
    for (const undo of this.#undo.splice(0)) undo();
    this.#setUp = 'off';
    this.#tracer = undefined;
  }

  /** For the end of the process: delivers what it can within half a second and spools the rest, synchronously. */
  leave(): void {
    deliverAtExit(this.#options.lanes, this.#options.reporter);
  }

  /** What became of the spans, by exporter. */
  stats(): Record<string, LaneStats> {
    return Object.fromEntries(this.#options.lanes.map((lane) => [lane.name, lane.stats]));
  }

  /** Marks first, exports last, and between them the user's own processors; a fault of one stays its own. */
  #chain(joined: boolean): SpanProcessor {
    const { lanes, reporter } = this.#options;
    const processors = [
      new GuardedProcessor(this.#sessions, reporter),
      ...this.#processors,
      new GuardedProcessor(new ExportProcessor(lanes, joined, this.#denied), reporter),
    ];
    return {
      onStart: (span, parentContext) => {
        for (const processor of processors) processor.onStart(span, parentContext);
      },
      onEnding: (span) => {
        for (const processor of processors) processor.onEnding(span);
      },
      onEnd: (span) => {
        for (const processor of processors) processor.onEnd(span);
      },
      forceFlush: () => this.flush(),
      shutdown: () => this.flush(),
    };
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
