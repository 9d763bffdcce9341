import {
  type Context,
  context,
  createContextKey,
  INVALID_SPAN_CONTEXT,
  type Span,
  type SpanContext,
  type SpanOptions,
  type Tracer,
  type TracerProvider,
  trace,
} from '@opentelemetry/api';

/** Which span of ours is the current one. */
export interface CurrentSpan {
  /** Of a context's value that is the current span. */
  readonly key: symbol;
  of(context: Context): Span | undefined;
  /** `context` with `span` as the current one. */
  in(context: Context, span: Span): Context;
  /** `context` with a span of another process as the current one. */
  below(context: Context, remote: SpanContext): Context;
  /** `context` as OpenTelemetry's own functions are to see it, so that they find our span. */
  shown(context: Context): Context;
}

/** OpenTelemetry's current span is ours, or that of another instrumentation, which we export as well. */
export const openTelemetrys: CurrentSpan = {
  key: keySetBy((context) => trace.setSpanContext(context, INVALID_SPAN_CONTEXT)),
  of: (context) => trace.getSpan(context),
  in: (context, span) => trace.setSpan(context, span),
  below: (context, remote) => trace.setSpanContext(context, remote),
  shown: (context) => context,
};

const OWN = createContextKey('agentops.span');

/**
 * OpenTelemetry's current span belongs to someone who exports it elsewhere: ours is kept beside it. Theirs hang below
 * theirs and ours below ours, each as if the other were not there.
 */
export const besideAnother: CurrentSpan = {
  key: OWN,
  of(context) {
    const own = context.getValue(OWN) as Span | undefined;
    const active = trace.getSpan(context);
    // Whoever knows OpenTelemetry alone has put a span of ours there.
    return active !== undefined && isOurs(active) && !isLater(own, active) ? active : own;
  },
  in: (context, span) => context.setValue(OWN, span),
  below: (context, remote) => context.setValue(OWN, trace.wrapSpanContext(remote)),
  shown: withOwnParent,
};

/** `context` without any span, ours or another's. */
export function withoutSpan(context: Context): Context {
  return trace.deleteSpan(context).deleteValue(OWN);
}

/** A provider whose spans find their parents beside OpenTelemetry's current span. */
export function providerBeside(provider: TracerProvider): TracerProvider {
  return {
    getTracer: (...scope) => {
      const tracer = provider.getTracer(...scope);
      const startSpan: Tracer['startSpan'] = (name, options, parent = context.active()) =>
        tracer.startSpan(name, options, withOwnParent(parent));
      return {
        startSpan,
        startActiveSpan: (name: string, ...args: unknown[]): never => {
          const fn = args.at(-1) as (span: Span) => never;
          const [options, parent = context.active()] = args.slice(0, -1) as [SpanOptions?, Context?];
          const span = startSpan(name, options, parent);
          return context.with(besideAnother.in(parent, span), fn, undefined, span);
        },
      };
    },
  };
}

function withOwnParent(context: Context): Context {
  const own = besideAnother.of(context);
  return own === undefined ? trace.deleteSpan(context) : trace.setSpan(context, own);
}

/** The key under which `set` sets a value: OpenTelemetry keeps that of its current span to itself. */
function keySetBy(set: (context: Context) => Context): symbol {
  let found = Symbol();
  const probe: Context = {
    getValue: () => undefined,
    setValue(key) {
      found = key;
      return probe;
    },
    deleteValue: () => probe,
  };
  set(probe);
  return found;
}

/** Spans of the OpenTelemetry SDK name their scope; there is no other SDK where this is asked. */
function isOurs(span: Span): boolean {
  return 'instrumentationScope' in span;
}

function isLater(one: Span | undefined, other: Span): boolean {
  const [seconds, nanos] = startOf(one);
  const [otherSeconds, otherNanos] = startOf(other);
  return seconds === otherSeconds ? nanos > otherNanos : seconds > otherSeconds;
}

function startOf(span: Span | undefined): readonly [number, number] {
  const { startTime } = Object(span) as { readonly startTime?: readonly [number, number] };
  return startTime ?? [0, 0];
}
