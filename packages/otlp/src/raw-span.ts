import { AttributeCollector } from './attribute-collector.ts';

/** A span as its sender wrote it: decoded, but neither checked nor normalised. */
export interface RawSpan {
  /** Lower-case hex of whatever was sent; empty where nothing was. */
  traceId: string;
  spanId: string;
  parentSpanId: string;
  traceState: string;
  flags: number;
  name: string;
  kind: number;
  /** ns since the epoch; 0 where it was not sent. */
  startTime: bigint;
  endTime: bigint;
  statusCode: number;
  statusMessage: string;
  attributes: AttributeCollector;
  events: RawEvent[];
  links: RawLink[];
  droppedAttributes: number;
  droppedEvents: number;
  droppedLinks: number;
}

export interface RawEvent {
  name: string;
  time: bigint;
  attributes: AttributeCollector;
  droppedAttributes: number;
}

export interface RawLink {
  traceId: string;
  spanId: string;
  traceState: string;
  flags: number;
  attributes: AttributeCollector;
  droppedAttributes: number;
}

/** The spans of one instrumentation scope of one resource. */
export interface RawScopeSpans {
  resource: AttributeCollector;
  scopeName: string;
  scopeVersion: string;
  spans: RawSpan[];
}

/** A span of which nothing has been read yet: every field at its protobuf default. */
export function emptySpan(): RawSpan {
  return {
    traceId: '',
    spanId: '',
    parentSpanId: '',
    traceState: '',
    flags: 0,
    name: '',
    kind: 0,
    startTime: 0n,
    endTime: 0n,
    statusCode: 0,
    statusMessage: '',
    attributes: new AttributeCollector(),
    events: [],
    links: [],
    droppedAttributes: 0,
    droppedEvents: 0,
    droppedLinks: 0,
  };
}

export function emptyEvent(): RawEvent {
  return { name: '', time: 0n, attributes: new AttributeCollector(), droppedAttributes: 0 };
}

export function emptyLink(): RawLink {
  return {
    traceId: '',
    spanId: '',
    traceState: '',
    flags: 0,
    attributes: new AttributeCollector(),
    droppedAttributes: 0,
  };
}
