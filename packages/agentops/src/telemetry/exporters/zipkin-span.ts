import { type Attributes, type AttributeValue, SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { hrTimeToMicroseconds } from '@opentelemetry/core';
import type { ReadableSpan, TimedEvent } from '@opentelemetry/sdk-trace';
import { toJson } from '../../json.ts';
import { ATTR_SERVER_ADDRESS, ATTR_SERVER_PORT, ATTR_SERVICE_NAME } from '../../semconv/attributes.ts';

/** A span in version 2 of Zipkin's JSON; times in microseconds. */
export interface ZipkinSpan {
  readonly traceId: string;
  readonly id: string;
  readonly parentId?: string | undefined;
  readonly name: string;
  readonly kind?: string | undefined;
  readonly timestamp: number;
  readonly duration: number;
  readonly localEndpoint: ZipkinEndpoint;
  readonly remoteEndpoint?: ZipkinEndpoint | undefined;
  readonly tags: Readonly<Record<string, string>>;
  readonly annotations?: readonly ZipkinAnnotation[] | undefined;
}

interface ZipkinEndpoint {
  readonly serviceName: string;
  readonly port?: number | undefined;
}

interface ZipkinAnnotation {
  readonly timestamp: number;
  readonly value: string;
}

const KINDS: Readonly<Partial<Record<SpanKind, string>>> = {
  [SpanKind.CLIENT]: 'CLIENT',
  [SpanKind.SERVER]: 'SERVER',
  [SpanKind.PRODUCER]: 'PRODUCER',
  [SpanKind.CONSUMER]: 'CONSUMER',
};

/** By OpenTelemetry's rules for Zipkin. Links have no place there. */
export function toZipkinSpan(span: ReadableSpan): ZipkinSpan {
  const { traceId, spanId } = span.spanContext();
  const { name, kind, attributes, events, resource } = span;
  return {
    traceId,
    id: spanId,
    parentId: span.parentSpanContext?.spanId,
    name,
    kind: KINDS[kind],
    timestamp: Math.round(hrTimeToMicroseconds(span.startTime)),
    // 0 would mean that it is not known.
    duration: Math.max(1, Math.round(hrTimeToMicroseconds(span.duration))),
    localEndpoint: { serviceName: textOf(resource.attributes[ATTR_SERVICE_NAME] ?? 'unknown_service') },
    remoteEndpoint: remoteEndpoint(kind, attributes),
    tags: tagsOf(span),
    annotations: events.length === 0 ? undefined : events.map(annotationOf),
  };
}

function remoteEndpoint(kind: SpanKind, attributes: Attributes): ZipkinEndpoint | undefined {
  const address = attributes[ATTR_SERVER_ADDRESS];
  if ((kind !== SpanKind.CLIENT && kind !== SpanKind.PRODUCER) || address === undefined) return undefined;
  const port = attributes[ATTR_SERVER_PORT];
  return { serviceName: textOf(address), port: typeof port === 'number' ? port : undefined };
}

function tagsOf(span: ReadableSpan): Record<string, string> {
  const { attributes, resource, status, instrumentationScope: scope } = span;
  const tags: Record<string, string> = {};
  for (const [key, value] of Object.entries({ ...resource.attributes, ...attributes })) {
    if (value !== undefined && key !== ATTR_SERVICE_NAME) tags[key] = textOf(value);
  }
  tags['otel.scope.name'] = scope.name;
  if (scope.version !== undefined) tags['otel.scope.version'] = scope.version;
  if (status.code !== SpanStatusCode.UNSET) tags['otel.status_code'] = SpanStatusCode[status.code];
  if (status.code === SpanStatusCode.ERROR) tags.error = status.message ?? '';
  if (span.droppedAttributesCount > 0) {
    tags['otel.dropped_attributes_count'] = String(span.droppedAttributesCount);
  }
  if (span.droppedEventsCount > 0) tags['otel.dropped_events_count'] = String(span.droppedEventsCount);
  if (span.droppedLinksCount > 0) tags['otel.dropped_links_count'] = String(span.droppedLinksCount);
  return tags;
}

function annotationOf({ time, name, attributes = {} }: TimedEvent): ZipkinAnnotation {
  const hasAttributes = Object.keys(attributes).length > 0;
  return {
    timestamp: Math.round(hrTimeToMicroseconds(time)),
    value: hasAttributes ? `${JSON.stringify(name)}: ${toJson(attributes)}` : name,
  };
}

/** Zipkin knows texts only. */
function textOf(value: AttributeValue): string {
  return typeof value === 'string' ? value : (toJson(value) ?? '');
}
