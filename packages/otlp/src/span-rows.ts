import type { AttributeCollector } from './attribute-collector.ts';
import { withMessages } from './dialects/messages.ts';
import { promote, sessionIdIn } from './dialects/promote.ts';
import { textOf } from './dialects/reading.ts';
import type { RawEvent, RawLink, RawScopeSpans, RawSpan } from './raw-span.ts';
import { Attr } from './semconv.ts';
import type {
  AttributeMap,
  AttributeTypes,
  DecodedSpans,
  SpanEventRow,
  SpanKindNumber,
  SpanLinkRow,
  SpanRow,
  SpanStatusNumber,
  UnstorableSpan,
} from './span-row.ts';
import { indexedText, storableText } from './storable-text.ts';

const TRACE_ID = /^(?!0+$)[0-9a-f]{32}$/;
const SPAN_ID = /^(?!0+$)[0-9a-f]{16}$/;
const NO_ID = /^0*$/;
/** The largest bigint of PostgreSQL, in the year 2262. */
const LATEST_TIME = 2n ** 63n - 1n;
/** A rejection quotes so much of an id, which may be anything of any length. */
const QUOTED_ID_LENGTH = 64;
/** What the conventions call a service that does not say its name. */
const UNKNOWN_SERVICE = 'unknown_service';

/** Adds the spans of one scope to `decoded`: as rows with every dialect brought to one set of names, or as rejected. */
export function addRows(group: RawScopeSpans, decoded: DecodedSpans): void {
  const origin = new Origin(group);
  for (const span of group.spans) {
    const rejected = origin.rejectionOf(span);
    if (rejected === undefined) decoded.rows.push(origin.rowOf(span));
    else decoded.rejected.push(rejected);
  }
}

/** One scope of one resource, and what its spans have in common. */
export class Origin {
  readonly service_name: string;
  readonly scope_name: string;
  readonly scope_version: string;
  readonly resource: AttributeMap;
  readonly resourceTypes: AttributeTypes | undefined;
  /** The last trace id that was one, and the session of its spans that name none: the spans of a trace come together. */
  #traceId = '';
  #sessionId = '';

  constructor({ resource, scopeName, scopeVersion }: Omit<RawScopeSpans, 'spans'>) {
    this.service_name = indexedText(textOf(resource.values[Attr.SERVICE_NAME]) ?? UNKNOWN_SERVICE);
    this.scope_name = indexedText(storableText(scopeName));
    this.scope_version = indexedText(storableText(scopeVersion));
    this.resource = resource.values;
    this.resourceTypes = resource.types;
  }

  /** Says why a span can never be stored; undefined where it can. */
  rejectionOf(span: RawSpan): UnstorableSpan | undefined {
    const reason = this.#isTraceId(span.traceId)
      ? flawOf(span)
      : 'the trace id is not 16 bytes, or is all zero';
    return reason === undefined
      ? undefined
      : {
          trace_id: quoted(span.traceId),
          span_id: quoted(span.spanId),
          reason,
          row: this.rowOf(span),
        };
  }

  /** The session of a span: the one it names, else that of its trace. */
  sessionOf({ traceId, attributes }: RawSpan): string {
    return sessionIdIn(attributes.values) ?? this.#sessionOfTrace(traceId);
  }

  /** A span as a row, with every dialect brought to one set of names. */
  rowOf(span: RawSpan): SpanRow {
    const { values, types } = span.attributes;
    const columns = promote(values);
    return {
      trace_id: span.traceId,
      span_id: span.spanId,
      parent_span_id: parentOf(span) ?? null,
      trace_state: storableText(span.traceState),
      flags: span.flags,
      operation_name: indexedText(storableText(span.name)),
      kind: isKind(span.kind) ? span.kind : 0,
      start_time: span.startTime,
      end_time: endTime(span),
      status: isStatus(span.statusCode) ? span.statusCode : 0,
      status_message: storableText(span.statusMessage),
      session_id: columns.session_id ?? this.#sessionOfTrace(span.traceId),
      // One by one: to spread them took longer than to find them.
      span_kind: columns.span_kind,
      event_type: columns.event_type,
      agent_id: columns.agent_id,
      agent_name: columns.agent_name,
      provider: columns.provider,
      model: columns.model,
      input_tokens: columns.input_tokens,
      output_tokens: columns.output_tokens,
      cache_read_tokens: columns.cache_read_tokens,
      cache_write_tokens: columns.cache_write_tokens,
      reasoning_tokens: columns.reasoning_tokens,
      cost: columns.cost,
      user_id: columns.user_id,
      conversation_id: columns.conversation_id,
      service_name: this.service_name,
      scope_name: this.scope_name,
      scope_version: this.scope_version,
      attributes: withMessages(values),
      resource: this.resource,
      events: span.events.map(toEventRow),
      links: span.links.map(toLinkRow),
      types: typesOf(types, this.resourceTypes),
      dropped: droppedOf(span),
    };
  }

  #isTraceId(traceId: string): boolean {
    if (traceId === this.#traceId) return true;
    if (!TRACE_ID.test(traceId)) return false;
    this.#remember(traceId);
    return true;
  }

  #sessionOfTrace(traceId: string): string {
    if (traceId !== this.#traceId) this.#remember(traceId);
    return this.#sessionId;
  }

  #remember(traceId: string): void {
    this.#traceId = traceId;
    this.#sessionId = uuidOf(traceId);
  }
}

/** Why a span of a good trace id can never be stored; undefined where it can. */
function flawOf(span: RawSpan): string | undefined {
  if (!SPAN_ID.test(span.spanId)) return 'the span id is not 8 bytes, or is all zero';
  if (parentOf(span) === undefined) return 'the parent span id is not 8 bytes';
  if (span.startTime === 0n) return 'the start time is missing';
  if (span.startTime > LATEST_TIME || span.endTime > LATEST_TIME) return 'a time lies after the year 2262';
  return undefined;
}

function quoted(id: string): string {
  return storableText(id.slice(0, QUOTED_ID_LENGTH));
}

/** The parent's id, null for a root, undefined where it is no id. Some senders write a root's as zeros. */
function parentOf({ parentSpanId }: RawSpan): string | null | undefined {
  if (SPAN_ID.test(parentSpanId)) return parentSpanId;
  return NO_ID.test(parentSpanId) ? null : undefined;
}

/** A clock set back while the span ran makes it end before it starts: it is kept, as a span that took no time. */
function endTime(span: RawSpan): bigint | null {
  if (span.endTime === 0n) return null;
  if (span.endTime < span.startTime) return span.startTime;
  return span.endTime;
}

function isKind(kind: number): kind is SpanKindNumber {
  return kind >= 0 && kind <= 5;
}

function isStatus(code: number): code is SpanStatusNumber {
  return code >= 0 && code <= 2;
}

function uuidOf(traceId: string): string {
  const part = (start: number, end?: number) => traceId.slice(start, end);
  return `${part(0, 8)}-${part(8, 12)}-${part(12, 16)}-${part(16, 20)}-${part(20)}`;
}

function toEventRow(event: RawEvent): SpanEventRow {
  return {
    name: storableText(event.name),
    time: event.time.toString(),
    ...annotations(event),
  };
}

/** A link without valid ids keeps its attributes, as the specification allows: its ids become empty. */
function toLinkRow(link: RawLink): SpanLinkRow {
  return {
    trace_id: TRACE_ID.test(link.traceId) ? link.traceId : '',
    span_id: SPAN_ID.test(link.spanId) ? link.spanId : '',
    trace_state: storableText(link.traceState),
    flags: link.flags,
    ...annotations(link),
  };
}

function annotations(annotated: { attributes: AttributeCollector; droppedAttributes: number }): {
  attributes: AttributeMap;
  types?: AttributeTypes;
  dropped?: number;
} {
  const { attributes, droppedAttributes } = annotated;
  return {
    attributes: attributes.values,
    ...(attributes.types !== undefined && { types: attributes.types }),
    ...(droppedAttributes > 0 && { dropped: droppedAttributes }),
  };
}

function typesOf(
  attributes: AttributeTypes | undefined,
  resource: AttributeTypes | undefined,
): SpanRow['types'] {
  if (attributes === undefined && resource === undefined) return null;
  return { ...(attributes !== undefined && { attributes }), ...(resource !== undefined && { resource }) };
}

function droppedOf(span: RawSpan): SpanRow['dropped'] {
  const { droppedAttributes: attributes, droppedEvents: events, droppedLinks: links } = span;
  if (attributes === 0 && events === 0 && links === 0) return null;
  return {
    ...(attributes > 0 && { attributes }),
    ...(events > 0 && { events }),
    ...(links > 0 && { links }),
  };
}
