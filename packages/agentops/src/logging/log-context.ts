import { type Attributes, type Context, isSpanContextValid, trace } from '@opentelemetry/api';
import * as attr from '../semconv/attributes.ts';
import { scopeOf } from '../session/scope.ts';

/** What a line belongs to, under the names that the backend's documents have for it. */
export interface LogContext {
  readonly trace_id?: string | undefined;
  readonly span_id?: string | undefined;
  readonly session_id?: string | undefined;
  readonly agent_id?: string | undefined;
  readonly agent_name?: string | undefined;
  readonly event_type?: string | undefined;
}

/** The same as attributes of spans and log records. Trace and span are no attributes there. */
export const LOG_CONTEXT_ATTRIBUTES = {
  session_id: attr.ATTR_SESSION_ID,
  agent_id: attr.ATTR_GEN_AI_AGENT_ID,
  agent_name: attr.ATTR_GEN_AI_AGENT_NAME,
  event_type: attr.ATTR_EVENT_TYPE,
} as const satisfies Partial<Record<keyof LogContext, string>>;

/** Reads it from the span and the session that `context` has; empty outside both. */
export function logContextOf(context: Context): LogContext {
  const span = trace.getSpan(context);
  const scope = scopeOf(context);
  if (span === undefined && scope === undefined) return {};
  const spanContext = span?.spanContext();
  const ids =
    spanContext !== undefined && isSpanContextValid(spanContext)
      ? { trace_id: spanContext.traceId, span_id: spanContext.spanId }
      : {};
  const attributes = attributesOf(span);
  return {
    ...ids,
    session_id: scope?.session.id ?? text(attributes[attr.ATTR_SESSION_ID]),
    agent_id: scope?.agent?.id ?? text(attributes[attr.ATTR_GEN_AI_AGENT_ID]),
    agent_name: scope?.agent?.name ?? text(attributes[attr.ATTR_GEN_AI_AGENT_NAME]),
    event_type: text(attributes[attr.ATTR_EVENT_TYPE]),
  };
}

/** Recording spans of the OpenTelemetry SDK show what they have; others do not. */
function attributesOf(span: object | undefined): Attributes {
  const attributes = span !== undefined && 'attributes' in span ? span.attributes : undefined;
  return typeof attributes === 'object' && attributes !== null ? (attributes as Attributes) : {};
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
