export { AttributeCollector } from './attribute-collector.ts';
export { OtlpDecodeError } from './decode-error.ts';
export { decodeTraces, decodeTracesInSlices, type OtlpContentType } from './decode-traces.ts';
export { encodeTraceJson } from './encode-traces.ts';
export { encodeExportResponse } from './export-response.ts';
export type {
  OtlpAnyValue,
  OtlpEvent,
  OtlpKeyValue,
  OtlpLink,
  OtlpResourceSpans,
  OtlpScopeSpans,
  OtlpSpan,
  OtlpTraceRequest,
} from './otlp-json.ts';
export { KeyValues, NESTING_LIMIT, type OtlpValue, ofDouble, TOO_DEEP } from './otlp-value.ts';
export type { RawEvent, RawLink, RawSpan } from './raw-span.ts';
export { Attr } from './semconv.ts';
export type {
  AttributeMap,
  AttributeTypes,
  DecodedSpans,
  EventType,
  JsonValue,
  RejectedSpan,
  SpanEventRow,
  SpanKindNumber,
  SpanLinkRow,
  SpanRow,
  SpanStatusNumber,
  UnstorableSpan,
} from './span-row.ts';
export { Origin } from './span-rows.ts';
export { encodeStatus } from './status.ts';
export { indexedText, isStorable, storableText } from './storable-text.ts';
export { dayNumberOfTrace, dayOfTrace } from './trace-day.ts';
