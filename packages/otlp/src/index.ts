export { OtlpDecodeError } from './decode-error.ts';
export { decodeTraces, type OtlpContentType } from './decode-traces.ts';
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
} from './span-row.ts';
export { encodeStatus } from './status.ts';
export { dayOfTrace } from './trace-day.ts';
