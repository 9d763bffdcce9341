import { encodeAttributes } from './encode-attributes.ts';
import type {
  OtlpEvent,
  OtlpLink,
  OtlpResourceSpans,
  OtlpScopeSpans,
  OtlpSpan,
  OtlpTraceRequest,
} from './otlp-json.ts';
import type { SpanEventRow, SpanLinkRow, SpanRow } from './span-row.ts';

/**
 * Writes rows as an OTLP/JSON `ExportTraceServiceRequest`, grouped by resource and scope, every attribute with the
 * type it came in. Decoding it gives the same rows again.
 *
 * @param rows in any order; those of one scope keep theirs
 */
export function encodeTraceJson(rows: Iterable<SpanRow>): OtlpTraceRequest {
  const resources = Map.groupBy(rows, (row) => JSON.stringify([row.resource, row.types?.resource]));
  return { resourceSpans: Array.from(resources.values(), encodeResource) };
}

/** `rows` are at least one, of one resource. */
function encodeResource(rows: SpanRow[]): OtlpResourceSpans {
  const scopes = Map.groupBy(rows, (row) => JSON.stringify([row.scope_name, row.scope_version]));
  const { resource, types } = rows[0]!;
  return {
    resource: { attributes: encodeAttributes(resource, types?.resource) },
    scopeSpans: Array.from(scopes.values(), encodeScope),
  };
}

/** `rows` are at least one, of one scope. */
function encodeScope(rows: SpanRow[]): OtlpScopeSpans {
  const { scope_name: name, scope_version: version } = rows[0]!;
  return { scope: { name, version }, spans: rows.map(encodeSpan) };
}

function encodeSpan(row: SpanRow): OtlpSpan {
  return {
    traceId: row.trace_id,
    spanId: row.span_id,
    ...(row.parent_span_id !== null && { parentSpanId: row.parent_span_id }),
    traceState: row.trace_state,
    flags: row.flags,
    name: row.operation_name,
    kind: row.kind,
    startTimeUnixNano: row.start_time.toString(),
    endTimeUnixNano: (row.end_time ?? 0n).toString(),
    attributes: encodeAttributes(row.attributes, row.types?.attributes),
    droppedAttributesCount: row.dropped?.attributes ?? 0,
    events: row.events.map(encodeEvent),
    droppedEventsCount: row.dropped?.events ?? 0,
    links: row.links.map(encodeLink),
    droppedLinksCount: row.dropped?.links ?? 0,
    status: { code: row.status, message: row.status_message },
  };
}

function encodeEvent(event: SpanEventRow): OtlpEvent {
  return {
    name: event.name,
    timeUnixNano: event.time,
    attributes: encodeAttributes(event.attributes, event.types),
    droppedAttributesCount: event.dropped ?? 0,
  };
}

function encodeLink(link: SpanLinkRow): OtlpLink {
  return {
    traceId: link.trace_id,
    spanId: link.span_id,
    traceState: link.trace_state,
    flags: link.flags,
    attributes: encodeAttributes(link.attributes, link.types),
    droppedAttributesCount: link.dropped ?? 0,
  };
}
