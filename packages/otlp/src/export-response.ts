import { Writer } from 'protobufjs/minimal.js';
import type { OtlpContentType } from './decode-traces.ts';
import { tag, WireType } from './protobuf/wire-type.ts';

/** Field numbers of `ExportTraceServiceResponse` and `ExportTracePartialSuccess`. */
const PARTIAL_SUCCESS = 1;
const PartialSuccess = { REJECTED_SPANS: 1, ERROR_MESSAGE: 2 } as const;

/**
 * Encodes an OTLP `ExportTraceServiceResponse`, the body of an answer 200. Its `partial_success` is unset where
 * everything was taken, as the specification asks; the empty answer is the same for logs and metrics.
 *
 * @param contentType the encoding of the request, which the answer shares
 * @param rejectedSpans how many spans of the request were not taken
 * @param errorMessage which they were and why, for a person to read
 */
export function encodeExportResponse(
  contentType: OtlpContentType,
  rejectedSpans = 0,
  errorMessage = '',
): Uint8Array {
  const isPartial = rejectedSpans > 0 || errorMessage !== '';
  if (contentType === 'application/json') {
    const response = isPartial
      ? { partialSuccess: { rejectedSpans: String(rejectedSpans), errorMessage } }
      : {};
    return Buffer.from(JSON.stringify(response));
  }
  const writer = Writer.create();
  if (!isPartial) return writer.finish();
  writer.uint32(tag(PARTIAL_SUCCESS, WireType.LENGTH_DELIMITED)).fork();
  writer.uint32(tag(PartialSuccess.REJECTED_SPANS, WireType.VARINT)).int64(rejectedSpans);
  writer.uint32(tag(PartialSuccess.ERROR_MESSAGE, WireType.LENGTH_DELIMITED)).string(errorMessage);
  return writer.ldelim().finish();
}
