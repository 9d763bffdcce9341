import { hrTimeDuration, hrTimeToMilliseconds } from '@opentelemetry/core';
import { toSessionId } from '../ids.ts';
import { ATTR_AGENTOPS_SPAN_KIND } from '../semconv/attributes.ts';
import { hrNow, toIsoTime } from '../time.ts';
import { isSessionRoot, type RunningSpan } from './processors/running-spans.ts';

/** A span that has started and not ended. */
export interface ActiveSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  /** Undefined for a root. */
  readonly parentSpanId: string | undefined;
  /** `session`, `agent`, `llm`, `tool` …; undefined for spans of other instrumentations. */
  readonly kind: string | undefined;
  /** Undefined for a span of no session. */
  readonly sessionId: string | undefined;
  /** ISO 8601, with nanoseconds. */
  readonly startedAt: string;
  readonly elapsedMs: number;
}

export function activeSpanOf({ span, scope }: RunningSpan): ActiveSpan {
  const { traceId, spanId } = span.spanContext();
  const kind = span.attributes[ATTR_AGENTOPS_SPAN_KIND];
  return {
    name: span.name,
    traceId,
    spanId,
    parentSpanId: span.parentSpanContext?.spanId,
    kind: typeof kind === 'string' ? kind : undefined,
    sessionId: isSessionRoot(span) ? toSessionId(traceId) : scope?.session.id,
    startedAt: toIsoTime(span.startTime),
    elapsedMs: Math.max(0, hrTimeToMilliseconds(hrTimeDuration(span.startTime, hrNow()))),
  };
}
