import { type Span, SpanStatusCode } from '@opentelemetry/api';
import { toJson } from '../json.ts';
import { ATTR_ERROR_TYPE } from '../semconv/attributes.ts';

/** Errors that already stand on a span: one that travels up through tool, agent and session is recorded once. */
const recorded = new WeakSet<object>();

/**
 * Marks `span` as failed with `error`: status ERROR with its message, `error.type`, and the exception with its stack,
 * unless a span further down has recorded this very error already.
 *
 * @param type The provider's own code, where it has one; default: the error's `code`, else its name.
 */
export function recordFailure(span: Span, error: unknown, type?: string): void {
  const isObject = typeof error === 'object' && error !== null;
  const message = messageOf(error);
  span.setStatus({ code: SpanStatusCode.ERROR, message });
  span.setAttribute(ATTR_ERROR_TYPE, type ?? errorType(error));
  if (isObject && recorded.has(error)) return;
  if (isObject) recorded.add(error);
  span.recordException(error instanceof Error ? error : message);
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
