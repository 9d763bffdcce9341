import type { SpanContext } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { SpanFormatter } from '../../config/exporter-options.ts';
import { copyBatch } from '../copy-batch.ts';

/**
 * What a user's formatter makes of a batch. It is given copies, so that neither other exporters nor a later attempt see
 * what it does; it may leave spans out.
 *
 * @throws What the formatter throws, and where it returns anything but spans of this batch.
 */
export function formatBatch(format: SpanFormatter, batch: readonly ReadableSpan[]): readonly ReadableSpan[] {
  const formatted: unknown = format(copyBatch(batch));
  if (!Array.isArray(formatted)) throw new Error('it must return an array of spans');
  const expected = new Set(batch.map((span) => idOf(span.spanContext())));
  for (const span of formatted as readonly ReadableSpan[]) {
    if (!expected.delete(idOf(span.spanContext()))) {
      throw new Error('it must return spans of the batch it was given, each once');
    }
  }
  return formatted;
}

const idOf = ({ traceId, spanId }: SpanContext): string => `${traceId}:${spanId}`;
