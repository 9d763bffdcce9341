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
