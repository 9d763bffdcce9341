import { type Context, defaultTextMapGetter, type TextMapSetter, trace } from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import type { McpParams, McpRequest } from './shapes.ts';

/** `traceparent` and `tracestate` only: `_meta` names those, and baggage is for the hosts that were allowed it. */
const propagator = new W3CTraceContextPropagator();

const setter: TextMapSetter<Record<string, unknown>> = {
  set: (carrier, key, value) => {
    carrier[key] = value;
  },
};

/** A copy of `request` that carries the trace context of `active` in `_meta`. */
export function withTraceContext<R extends McpRequest>(request: R, active: Context): R {
  const carrier: Record<string, unknown> = {};
  propagator.inject(active, carrier, setter);
  if (Object.keys(carrier).length === 0) return request;
  return { ...request, params: { ...request.params, _meta: { ...request.params?._meta, ...carrier } } };
}

/** `base` with the caller's span as the current one; undefined where the caller sent none. */
export function callerContext(params: McpParams | undefined, base: Context): Context | undefined {
  const { _meta } = params ?? {};
  if (typeof _meta !== 'object' || _meta === null || typeof _meta.traceparent !== 'string') return undefined;
  const extracted = propagator.extract(trace.deleteSpan(base), _meta, defaultTextMapGetter);
  return trace.getSpanContext(extracted) === undefined ? undefined : extracted;
}
