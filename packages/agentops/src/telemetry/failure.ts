import { type Span, SpanStatusCode } from '@opentelemetry/api';
import { toJson } from '../json.ts';
import { ATTR_ERROR_TYPE } from '../semconv/attributes.ts';

/** The trace each error was last recorded in: one that travels up through tool, agent and session is recorded once. */
const recorded = new WeakMap<object, string>();

/**
 * Marks `span` as failed with `error`: status ERROR with its message, `error.type`, and the exception with its stack,
 * unless a span further down has recorded this very error already.
 *
 * @param type The provider's own code, where it has one; default: the error's `code`, else its name.
 */
export function recordFailure(span: Span, error: unknown, type?: string): void {
  const { traceId } = span.spanContext();
  const isObject = typeof error === 'object' && error !== null;
  if (isObject && recorded.get(error) === traceId) {
    markFailed(span, error, type);
    return;
  }
  if (isObject) recorded.set(error, traceId);
  recordError(span, error, type);
}

/** Like {@link recordFailure}, whoever has recorded the exception before: for a span that is about the error itself. */
export function recordError(span: Span, error: unknown, type?: string): void {
  markFailed(span, error, type);
  span.recordException(error instanceof Error ? error : messageOf(error));
}

function markFailed(span: Span, error: unknown, type: string | undefined): void {
  span.setStatus({ code: SpanStatusCode.ERROR, message: messageOf(error) });
  span.setAttribute(ATTR_ERROR_TYPE, type ?? errorType(error));
}

/** What an error says, whatever was thrown. */
export function messageOf(error: unknown): string {
  if (error instanceof Error) return error.message;
  return typeof error === 'string' ? error : (toJson(error) ?? String(error));
}

function errorType(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
