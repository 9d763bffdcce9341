import { emptyEvent, emptyLink, emptySpan, type RawEvent, type RawLink, type RawSpan } from '../raw-span.ts';
import { readAttribute } from './any-value.ts';
import type { MessageReader } from './message-reader.ts';

/** Field numbers of `Span` in `opentelemetry.proto.trace.v1`, and of the messages inside it. */
const Span = {
  TRACE_ID: 1,
  SPAN_ID: 2,
  TRACE_STATE: 3,
  PARENT_SPAN_ID: 4,
  NAME: 5,
  KIND: 6,
  START_TIME: 7,
  END_TIME: 8,
  ATTRIBUTES: 9,
  DROPPED_ATTRIBUTES: 10,
  EVENTS: 11,
  DROPPED_EVENTS: 12,
  LINKS: 13,
  DROPPED_LINKS: 14,
  STATUS: 15,
  FLAGS: 16,
} as const;
const Event = { TIME: 1, NAME: 2, ATTRIBUTES: 3, DROPPED_ATTRIBUTES: 4 } as const;
const Link = {
  TRACE_ID: 1,
  SPAN_ID: 2,
  TRACE_STATE: 3,
  ATTRIBUTES: 4,
  DROPPED_ATTRIBUTES: 5,
  FLAGS: 6,
} as const;
const Status = { MESSAGE: 2, CODE: 3 } as const;

/** Reads the `Span` message the reader is at. */
export function readSpan(reader: MessageReader): RawSpan {
  const end = reader.message();
  const span = emptySpan();
  while (reader.next(end)) readSpanField(reader, span);
  return span;
}

function readSpanField(reader: MessageReader, span: RawSpan): void {
  switch (reader.field) {
    case Span.TRACE_ID:
      span.traceId = reader.hex();
      break;
    case Span.SPAN_ID:
      span.spanId = reader.hex();
      break;
    case Span.TRACE_STATE:
      span.traceState = reader.string();
      break;
    case Span.PARENT_SPAN_ID:
      span.parentSpanId = reader.hex();
      break;
    case Span.NAME:
      span.name = reader.string();
      break;
    case Span.KIND:
      span.kind = reader.uint32();
      break;
    case Span.START_TIME:
      span.startTime = reader.fixed64();
      break;
    case Span.END_TIME:
      span.endTime = reader.fixed64();
      break;
    case Span.ATTRIBUTES:
      readAttribute(reader, span.attributes);
      break;
    case Span.DROPPED_ATTRIBUTES:
      span.droppedAttributes = reader.uint32();
      break;
    case Span.EVENTS:
      span.events.push(readEvent(reader));
      break;
    case Span.DROPPED_EVENTS:
      span.droppedEvents = reader.uint32();
      break;
    case Span.LINKS:
      span.links.push(readLink(reader));
      break;
    case Span.DROPPED_LINKS:
      span.droppedLinks = reader.uint32();
      break;
    case Span.STATUS:
      readStatus(reader, span);
      break;
    case Span.FLAGS:
      span.flags = reader.fixed32();
      break;
    default:
      reader.skip();
  }
}

function readEvent(reader: MessageReader): RawEvent {
  const end = reader.message();
  const event = emptyEvent();
  while (reader.next(end)) {
    if (reader.field === Event.TIME) event.time = reader.fixed64();
    else if (reader.field === Event.NAME) event.name = reader.string();
    else if (reader.field === Event.ATTRIBUTES) readAttribute(reader, event.attributes);
    else if (reader.field === Event.DROPPED_ATTRIBUTES) event.droppedAttributes = reader.uint32();
    else reader.skip();
  }
  return event;
}

function readLink(reader: MessageReader): RawLink {
  const end = reader.message();
  const link = emptyLink();
  while (reader.next(end)) {
    if (reader.field === Link.TRACE_ID) link.traceId = reader.hex();
    else if (reader.field === Link.SPAN_ID) link.spanId = reader.hex();
    else if (reader.field === Link.TRACE_STATE) link.traceState = reader.string();
    else if (reader.field === Link.ATTRIBUTES) readAttribute(reader, link.attributes);
    else if (reader.field === Link.DROPPED_ATTRIBUTES) link.droppedAttributes = reader.uint32();
    else if (reader.field === Link.FLAGS) link.flags = reader.fixed32();
    else reader.skip();
  }
  return link;
}

function readStatus(reader: MessageReader, span: RawSpan): void {
  const end = reader.message();
  while (reader.next(end)) {
    if (reader.field === Status.MESSAGE) span.statusMessage = reader.string();
    else if (reader.field === Status.CODE) span.statusCode = reader.uint32();
    else reader.skip();
  }
}
