import type { Span } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';

/** The recorded side of a span; undefined for spans that record nothing. */
export function asReadable(span: Span): ReadableSpan | undefined {
  return 'startTime' in span && 'attributes' in span ? (span as unknown as ReadableSpan) : undefined;
}
