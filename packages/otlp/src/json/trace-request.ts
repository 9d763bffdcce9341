import { AttributeCollector } from '../attribute-collector.ts';
import { OtlpDecodeError } from '../decode-error.ts';
import {
  emptyEvent,
  emptyLink,
  emptySpan,
  type RawEvent,
  type RawLink,
  type RawScopeSpans,
  type RawSpan,
} from '../raw-span.ts';
import { readAttributes } from './any-value.ts';
import { JsonMessage } from './json-message.ts';

const SPAN_KINDS = [
  'SPAN_KIND_UNSPECIFIED',
  'SPAN_KIND_INTERNAL',
  'SPAN_KIND_SERVER',
  'SPAN_KIND_CLIENT',
  'SPAN_KIND_PRODUCER',
  'SPAN_KIND_CONSUMER',
];
const STATUS_CODES = ['STATUS_CODE_UNSET', 'STATUS_CODE_OK', 'STATUS_CODE_ERROR'];

/**
 * Decodes an OTLP/JSON `ExportTraceServiceRequest`, one scope of one resource at a time: hex ids in any case,
 * enumerations as integers or names, 64-bit integers as strings or numbers. Unknown fields are ignored.
 *
 * @throws OtlpDecodeError where the body is not JSON, or not of that shape
 */
export function* readJsonRequest(body: Uint8Array): Generator<RawScopeSpans> {
  const request = new JsonMessage(parse(body), '');
  for (const resourceSpans of request.messages('resourceSpans')) {
    const resource = new AttributeCollector();
    const described = resourceSpans.message('resource');
    if (described !== undefined) readAttributes(described, resource);
    for (const scopeSpans of resourceSpans.messages('scopeSpans')) {
      const scope = scopeSpans.message('scope');
      const group: RawScopeSpans = {
        resource,
        scopeName: scope?.string('name') ?? '',
        scopeVersion: scope?.string('version') ?? '',
        spans: [],
      };
      for (const span of scopeSpans.messages('spans')) group.spans.push(readSpan(span));
      yield group;
    }
  }
}

function parse(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new OtlpDecodeError(`the body is not JSON: ${problem}`, '', { cause: error });
  }
}

function readSpan(message: JsonMessage): RawSpan {
  const status = message.message('status');
  const span: RawSpan = {
    ...emptySpan(),
    traceId: message.string('traceId').toLowerCase(),
    spanId: message.string('spanId').toLowerCase(),
    parentSpanId: message.string('parentSpanId').toLowerCase(),
    traceState: message.string('traceState'),
    flags: message.uint32('flags'),
    name: message.string('name'),
    kind: message.enumeration('kind', SPAN_KINDS),
    startTime: message.uint64('startTimeUnixNano'),
    endTime: message.uint64('endTimeUnixNano'),
    statusCode: status?.enumeration('code', STATUS_CODES) ?? 0,
    statusMessage: status?.string('message') ?? '',
    droppedAttributes: message.uint32('droppedAttributesCount'),
    droppedEvents: message.uint32('droppedEventsCount'),
    droppedLinks: message.uint32('droppedLinksCount'),
  };
  readAttributes(message, span.attributes);
  for (const event of message.messages('events')) span.events.push(readEvent(event));
  for (const link of message.messages('links')) span.links.push(readLink(link));
  return span;
}

function readEvent(message: JsonMessage): RawEvent {
  const event: RawEvent = {
    ...emptyEvent(),
    name: message.string('name'),
    time: message.uint64('timeUnixNano'),
    droppedAttributes: message.uint32('droppedAttributesCount'),
  };
  readAttributes(message, event.attributes);
  return event;
}

function readLink(message: JsonMessage): RawLink {
  const link: RawLink = {
    ...emptyLink(),
    traceId: message.string('traceId').toLowerCase(),
    spanId: message.string('spanId').toLowerCase(),
    traceState: message.string('traceState'),
    flags: message.uint32('flags'),
    droppedAttributes: message.uint32('droppedAttributesCount'),
  };
  readAttributes(message, link.attributes);
  return link;
}
