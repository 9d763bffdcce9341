import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import type { SendResult } from './sender.ts';

export type OtlpEncoding = 'protobuf' | 'json';

/**
 * What the body of a success says: everything was taken, or some of it was not. Undefined where it cannot be read. The
 * partial success of all signals is alike but for the name of its count in JSON.
 */
export function confirmOtlp(body: Uint8Array, encoding: OtlpEncoding): SendResult | undefined {
  const response = body.length === 0 ? {} : decode(body, encoding);
  if (response === undefined) return undefined;
  const partial = Object(response.partialSuccess) as Readonly<Record<string, unknown>>;
  const { rejectedSpans, rejectedDataPoints, rejectedLogRecords, errorMessage } = partial;
  const count = Number(rejectedSpans ?? rejectedDataPoints ?? rejectedLogRecords ?? 0);
  // With a count of nothing it is a warning of the backend's, by the specification.
  if (!(count > 0)) return { outcome: 'delivered' };
  return {
    outcome: 'delivered',
    rejected: { count, message: String(errorMessage ?? '') || 'no reason given' },
  };
}

function decode(body: Uint8Array, encoding: OtlpEncoding): { readonly partialSuccess?: unknown } | undefined {
  try {
    if (encoding === 'protobuf') return ProtobufTraceSerializer.deserializeResponse(body);
    // The official JSON serializer takes whatever cannot be read for an empty answer.
    const response: unknown = JSON.parse(new TextDecoder().decode(body));
    return typeof response === 'object' && response !== null ? response : undefined;
  } catch {
    return undefined;
  }
}
