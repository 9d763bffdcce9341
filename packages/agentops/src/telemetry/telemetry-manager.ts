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
  type Tracer,
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
import { SessionIdGenerator } from '../ids.ts';
import type { Reporter } from '../reporter.ts';
import { ATTR_AGENTOPS_SPAN_KIND } from '../semconv/attributes.ts';
import type { OpenSessions } from '../session/open-sessions.ts';
import { VERSION } from '../version.ts';
import type { ExportLane, LaneStats } from './processors/export-lane.ts';
import { ExportProcessor } from './processors/export-processor.ts';
import { GuardedProcessor } from './processors/guarded-processor.ts';
import { SessionProcessor } from './processors/session-processor.ts';

export interface TelemetryOptions {
  readonly serviceName: string;
  /** Attributes of the Resource, the service's name among them. */
  readonly resource: Attributes;
  /** One per exporter. */
  readonly lanes: readonly ExportLane[];
  /** Processors of the user's, run before the lanes. */
  readonly spanProcessors?: readonly SpanProcessor[];
  /** Asked at the root of each trace; what lies below follows. Default: keep everything. */
  readonly sampler?: Sampler;
  /** Default: W3C trace context. */
  readonly propagator?: TextMapPropagator;
  /** Whether messages, arguments and results are recorded. */
  readonly captureContent: boolean;
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
  readonly #sessions: SessionProcessor;
  readonly #ids = new SessionIdGenerator();
  /** Ids of the traces of sessions that record nothing, where there is no span to take one from. */
  readonly #ghosts = new WeakMap<Span, string>();
  #setUp: SetUp = 'off';
  #ownsContext = false;
  #tracer: Tracer | undefined;

  constructor(options: TelemetryOptions) {
    this.#options = options;
    this.captureContent = options.captureContent;
    this.#sessions = new SessionProcessor(options.serviceName, options.open);
    this.processor = this.#chain(true);
  }

  /** The tracer that makes the SDK's spans. One that makes none before `start` and after `shutdown`. */
  get tracer(): Tracer {
    return this.#tracer ?? new ProxyTracerProvider().getTracer('agentops');
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
    if (!hasContextManager()) {
      this.#ownsContext = context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    }
    if (hasProvider()) {
      this.#setUp = 'joined';
      this.#tracer = trace.getTracer('agentops', VERSION);
      return;
    }
    const { resource, sampler, propagator } = this.#options;
    const provider = new TracerProvider({
      resource: resourceFromAttributes(resource),
      sampler: new ParentBasedSampler({ root: sampler ?? new AlwaysOnSampler() }),
      idGenerator: this.#ids,
      spanProcessors: [this.#chain(false)],
      meterProvider: metrics.getMeterProvider(),
    });
    trace.setGlobalTracerProvider(provider);
    propagation.setGlobalPropagator(propagator ?? new W3CTraceContextPropagator());
    this.#setUp = 'own';
    this.#tracer = provider.getTracer('agentops', VERSION);
  }

  /** Starts the root span of a trace, under `traceId` where one is wanted and the provider is ours. */
  startRoot(name: string, options: SpanOptions, traceId?: string): Span {
    const start = (): Span => this.tracer.startSpan(name, { ...options, root: true });
    if (traceId === undefined) return start();
    if (this.#setUp === 'own') return this.#ids.withTraceId(traceId, start);
    if (this.joined)
      this.#options.reporter.debug(`a trace id can only be chosen in a set-up of our own: ${traceId}`);
    const span = start();
    if (this.#setUp === 'off') this.#ghosts.set(span, traceId);
    return span;
  }

  /** The id of the trace `span` belongs to. Where telemetry is off, each span is given one of its own. */
  traceIdOf(span: Span): string {
    const spanContext = span.spanContext();
    if (trace.isSpanContextValid(spanContext)) return spanContext.traceId;
    const ghost = this.#ghosts.get(span) ?? this.#ids.generateTraceId();
    this.#ghosts.set(span, ghost);
    return ghost;
  }

  /** Ends every span that is still running, the innermost first; sessions end by themselves. */
  endRunning(): void {
    for (const span of this.#sessions.running.reverse()) {
      if (span.attributes[ATTR_AGENTOPS_SPAN_KIND] !== 'session') span.end();
    }
  }

  /** Resolves when every span that ended before the call has been delivered or dropped. */
  async flush(): Promise<void> {
    await Promise.all([
      ...this.#options.lanes.map((lane) => lane.flush()),
      ...(this.#options.spanProcessors ?? []).map((processor) => processor.forceFlush()),
    ]);
  }

  /** Delivers what it can within `timeoutMs`, closes the exporters and takes back what it registered. Never rejects. */
  async shutdown(timeoutMs: number): Promise<void> {
    const deadline = AbortSignal.timeout(timeoutMs);
    await Promise.all(this.#options.lanes.map((lane) => lane.shutdown(deadline)));
    for (const processor of this.#options.spanProcessors ?? []) {
      await processor.shutdown().catch((error: unknown) => {
        this.#options.reporter.guard(`${processor.constructor.name}.shutdown`, () => {
          throw error;
        });
      });
    }
    if (this.#setUp === 'own') {
      trace.disable();
      propagation.disable();
    }
    if (this.#ownsContext) context.disable();
    this.#setUp = 'off';
    this.#tracer = undefined;
  }

  /** What became of the spans, by exporter. */
  stats(): Record<string, LaneStats> {
    return Object.fromEntries(this.#options.lanes.map((lane) => [lane.name, lane.stats]));
  }

  /** Marks first, exports last, and between them the user's own processors; a fault of one stays its own. */
  #chain(joined: boolean): SpanProcessor {
    const { lanes, spanProcessors = [], reporter } = this.#options;
    const processors = [this.#sessions, ...spanProcessors, new ExportProcessor(lanes, joined)].map(
      (processor) => new GuardedProcessor(processor, reporter),
    );
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
