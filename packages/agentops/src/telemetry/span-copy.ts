import { TraceFlags } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';

/** A copy of `span`, as it is now, with `changes`. What becomes of the original later does not change it. */
export function copySpan(span: ReadableSpan, changes: Partial<ReadableSpan>): ReadableSpan {
  const { name, kind, parentSpanContext, startTime, endTime, duration, ended, status } = span;
  const { attributes, links, events, resource, instrumentationScope } = span;
  const { droppedAttributesCount, droppedEventsCount, droppedLinksCount } = span;
  const spanContext = span.spanContext();
  return {
    name,
    kind,
    spanContext: () => spanContext,
    ...(parentSpanContext !== undefined && { parentSpanContext }),
    startTime,
    endTime,
    duration,
    ended,
    status,
    attributes: { ...attributes },
    links: [...links],
    events: [...events],
    resource,
    instrumentationScope,
    droppedAttributesCount,
    droppedEventsCount,
    droppedLinksCount,
    ...changes,
  };
}

/** The span context of `span`, saying that the span is sampled. */
export function sampledContext(span: ReadableSpan): ReadableSpan['spanContext'] {
  const spanContext = span.spanContext();
  const sampled = { ...spanContext, traceFlags: spanContext.traceFlags | TraceFlags.SAMPLED };
  return () => sampled;
}
