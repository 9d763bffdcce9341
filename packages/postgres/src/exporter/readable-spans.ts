import {
  AttributeCollector,
  type AttributeMap,
  isStorable,
  KeyValues,
  NESTING_LIMIT,
  Origin,
  type OtlpValue,
  ofDouble,
  type RawSpan,
  type SpanRow,
  TOO_DEEP,
  type UnstorableSpan,
} from '@agentops/otlp';
import type { Attributes, HrTime, SpanContext } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { messageOf } from '../errors.ts';

const NS_PER_SECOND = 1_000_000_000n;
/** The flags of OTLP beside those of W3C: whether it is known if the parent is in another process, and if it is. */
const HAS_IS_REMOTE = 0x100;
const IS_REMOTE = 0x200;

/** One span that is not what it should be, such as one that was given `NaN` for a time, must not take the others along. */
export function unreadable(span: ReadableSpan, origin: Origin | undefined, error: unknown): UnstorableSpan {
  const { traceId, spanId } = span.spanContext();
  const reason = `the span cannot be read: ${messageOf(error)}`;
  return { trace_id: traceId, span_id: spanId, reason, row: origin && readableOf(span, origin) };
}

/** What can be read of it, with a time of 0 where it has none. */
function readableOf(span: ReadableSpan, origin: Origin): SpanRow | undefined {
  const timeOf = (time: HrTime) => (time.every(Number.isInteger) ? nanoseconds(time) : 0n);
  try {
    return origin.rowOf(rawSpanOf(span, timeOf));
  } catch {
    return undefined;
  }
}

/** Who a span is by. */
export function originOf({ resource, instrumentationScope: { name, version = '' } }: ReadableSpan): Origin {
  return new Origin({ resource: kept(resource.attributes), scopeName: name, scopeVersion: version });
}

/** A span as its OTLP request would be decoded to, without the way through bytes. */
export function rawSpanOf(span: ReadableSpan, timeOf = nanoseconds): RawSpan {
  const context = span.spanContext();
  return {
    traceId: context.traceId,
    spanId: context.spanId,
    parentSpanId: span.parentSpanContext?.spanId ?? '',
    traceState: context.traceState?.serialize() ?? '',
    flags: flagsOf(context, span.parentSpanContext?.isRemote),
    name: span.name,
    // OTLP counts from an unspecified kind on, the API does not have one.
    kind: span.kind + 1,
    startTime: timeOf(span.startTime),
    endTime: span.ended ? timeOf(span.endTime) : 0n,
    statusCode: span.status.code,
    statusMessage: span.status.message ?? '',
    attributes: span.ended ? kept(span.attributes) : collect(span.attributes),
    events: span.events.map((event) => ({
      name: event.name,
      time: event.time.every(Number.isInteger) ? nanoseconds(event.time) : 0n,
      attributes: collect(event.attributes),
      droppedAttributes: event.droppedAttributesCount ?? 0,
    })),
    links: span.links.map((link) => ({
      traceId: link.context.traceId,
      spanId: link.context.spanId,
      traceState: link.context.traceState?.serialize() ?? '',
      flags: flagsOf(link.context, link.context.isRemote),
      attributes: collect(link.attributes),
      droppedAttributes: link.droppedAttributesCount ?? 0,
    })),
    droppedAttributes: span.droppedAttributesCount,
    droppedEvents: span.droppedEventsCount,
    droppedLinks: span.droppedLinksCount,
  };
}

/** Throws where it is no time: OpenTelemetry takes `NaN`, an invalid `Date` and fractions from its callers. */
function nanoseconds([seconds, rest]: HrTime): bigint {
  return BigInt(seconds) * NS_PER_SECOND + BigInt(rest);
}

function flagsOf({ traceFlags }: SpanContext, isRemote = false): number {
  return (traceFlags & 0xff) | HAS_IS_REMOTE | (isRemote ? IS_REMOTE : 0);
}

function collect(attributes: Attributes | undefined): AttributeCollector {
  const collector = new AttributeCollector();
  for (const name in attributes) collector.add(name, otlpValue(attributes[name], 0));
  return collector;
}

/** The same for attributes that stay as they are: those of an unfinished span may change before it is written. */
function kept(attributes: Attributes): AttributeCollector {
  return isPlain(attributes) ? new AttributeCollector(attributes) : collect(attributes);
}

/** Whether attributes have the form they are stored in: a copy would be the same. */
function isPlain(attributes: Attributes): attributes is AttributeMap & Attributes {
  for (const name in attributes) {
    if (!isStorable(name)) return false;
    const value = attributes[name];
    if (Array.isArray(value) ? !value.every(isPlainValue) : !isPlainValue(value)) return false;
  }
  return true;
}

function isPlainValue(value: unknown): boolean {
  switch (typeof value) {
    case 'string':
      return isStorable(value);
    case 'boolean':
      return true;
    case 'number':
      return Number.isSafeInteger(value) || (Number.isFinite(value) && !Number.isInteger(value));
    default:
      return false;
  }
}

function otlpValue(value: unknown, depth: number): OtlpValue {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      return Number.isSafeInteger(value) ? value : ofDouble(value);
    case 'object':
      return value === null ? null : nestedValue(value, depth + 1);
    default:
      return null;
  }
}

function nestedValue(value: object, depth: number): OtlpValue {
  if (value instanceof Uint8Array) return value;
  if (depth > NESTING_LIMIT) return TOO_DEEP;
  if (Array.isArray(value)) return value.map((item) => otlpValue(item, depth));
  const map = new KeyValues();
  for (const [name, item] of Object.entries(value)) map.pairs.push([name, otlpValue(item, depth)]);
  return map;
}
