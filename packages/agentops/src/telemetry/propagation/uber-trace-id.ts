import {
  type Context,
  type TextMapGetter,
  type TextMapPropagator,
  TraceFlags,
  trace,
} from '@opentelemetry/api';

const HEADER = 'uber-trace-id';

/** `{trace id}:{span id}:{parent's span id}:{flags}`, leading zeros left out. */
const VALUE = /^([\da-f]{1,32}):([\da-f]{1,16}):[\da-f]{1,16}:([\da-f]{1,2})$/i;

/** Jaeger's own header of former times: read, never written, since everything that speaks it reads W3C's as well. */
export class UberTraceIdReader implements TextMapPropagator {
  inject(): void {}

  extract(context: Context, carrier: unknown, getter: TextMapGetter): Context {
    const found = getter.get(carrier, HEADER);
    const value = Array.isArray(found) ? found[0] : found;
    if (typeof value !== 'string') return context;
    // Jaeger's clients have written the colons escaped.
    const [, traceId = '', spanId = '', flags = ''] = VALUE.exec(value.replaceAll(/%3a/gi, ':')) ?? [];
    const spanContext = {
      traceId: traceId.toLowerCase().padStart(32, '0'),
      spanId: spanId.toLowerCase().padStart(16, '0'),
      traceFlags: Number.parseInt(flags, 16) & TraceFlags.SAMPLED,
      isRemote: true,
    };
    return trace.isSpanContextValid(spanContext) ? trace.setSpanContext(context, spanContext) : context;
  }

  fields(): string[] {
    return [HEADER];
  }
}
