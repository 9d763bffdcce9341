import type { Context } from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { carrierGetter, carrierSetter } from '../../telemetry/propagation/carrier.ts';
import type { Propagation, Received } from '../../telemetry/propagation/propagation.ts';
import type { McpParams, McpRequest } from './shapes.ts';

/** The protocol knows these names in `_meta`; other formats it does not, whatever goes over the network. */
const w3cTrace = new W3CTraceContextPropagator();

/**
 * A copy of `request` that carries the trace context of `active` in `_meta`, and its baggage where the configuration
 * allows that to `to`.
 *
 * @param to The server's host; undefined where it is not known.
 */
export function withTraceContext<R extends McpRequest>(
  propagation: Propagation,
  request: R,
  active: Context,
  to: string | undefined,
): R {
  const { baggage, ...trace }: Record<string, string> = allowedTo(propagation, active, to);
  if (Object.keys(trace).length === 0) return request;
  const carrier: Record<string, string> = baggage === undefined ? {} : { baggage };
  w3cTrace.inject(active, carrier, carrierSetter);
  return { ...request, params: { ...request.params, _meta: { ...request.params?._meta, ...carrier } } };
}

function allowedTo(
  propagation: Propagation,
  active: Context,
  to: string | undefined,
): Record<string, string> {
  const carrier: Record<string, string> = {};
  propagation.inject<unknown>(active, carrier, carrierSetter, to);
  return carrier;
}

/** What the caller sent, in whatever format; undefined where that is no trace context. */
export function receivedFrom(
  propagation: Propagation,
  params: McpParams | undefined,
  peer: string | undefined,
): Received | undefined {
  return propagation.receive<unknown>(params?._meta, carrierGetter, peer);
}
