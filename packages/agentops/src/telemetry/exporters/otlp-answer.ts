import { JsonTraceSerializer, ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import type { SendResult } from './sender.ts';

export type OtlpEncoding = 'protobuf' | 'json';

/**
 * What the body of a success says: everything was taken, or some of it was not. Undefined where it cannot be read. The
 * partial success of all signals is alike but for the name of its count in JSON.
 */
export function confirmOtlp(body: Uint8Array, encoding: OtlpEncoding): SendResult | undefined {
  let partial: object | null | undefined;
  try {
    const serializer = encoding === 'json' ? JsonTraceSerializer : ProtobufTraceSerializer;
    partial = body.length === 0 ? undefined : serializer.deserializeResponse(body).partialSuccess;
  } catch {
    return undefined;
  }
  const {
    rejectedSpans,
    rejectedDataPoints,
    rejectedLogRecords,
    errorMessage = '',
  } = (partial ?? {}) as Readonly<Record<string, unknown>>;
  const count = Number(rejectedSpans ?? rejectedDataPoints ?? rejectedLogRecords ?? 0);
  // With a count of nothing it is a warning of the backend's, by the specification.
  if (!(count > 0)) return { outcome: 'delivered' };
  return {
    outcome: 'delivered',
    rejected: { count, message: String(errorMessage) || 'no reason given' },
  };
}
