import type { Attributes, HrTime, SpanContext } from '@opentelemetry/api';
import { type Resource, resourceFromAttributes } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { withRoom } from './processors/roomy-attributes.ts';

/**
 * Copies of the spans of a batch, for code of the user's: whatever it does to them, nobody else sees. Copies go on
 * sharing Resource and scope: requests name each of those once.
 */
export function copyBatch(batch: readonly ReadableSpan[]): ReadableSpan[] {
  const resources = new Map<Resource, Resource>();
  const scopes = new Map<ReadableSpan['instrumentationScope'], ReadableSpan['instrumentationScope']>();
  return batch.map((span) => ({
    name: span.name,
    kind: span.kind,
    spanContext: always(copyContext(span.spanContext())),
    ...(span.parentSpanContext !== undefined && { parentSpanContext: copyContext(span.parentSpanContext) }),
    startTime: copyTime(span.startTime),
    endTime: copyTime(span.endTime),
    duration: copyTime(span.duration),
    ended: span.ended,
    status: { ...span.status },
    attributes: copyAttributes(span.attributes),
    links: span.links.map((link) => ({
      ...link,
      context: copyContext(link.context),
      ...(link.attributes !== undefined && { attributes: copyAttributes(link.attributes) }),
    })),
    events: span.events.map((event) => ({
      ...event,
      time: copyTime(event.time),
      ...(event.attributes !== undefined && { attributes: copyAttributes(event.attributes) }),
    })),
    resource: obtain(resources, span.resource, copyResource),
    instrumentationScope: obtain(scopes, span.instrumentationScope, (scope) => ({ ...scope })),
    droppedAttributesCount: span.droppedAttributesCount,
    droppedEventsCount: span.droppedEventsCount,
    droppedLinksCount: span.droppedLinksCount,
  }));
}

function copyTime(time: HrTime): HrTime {
  return [time[0], time[1]];
}

function copyContext(context: SpanContext): SpanContext {
  return { ...context };
}

/** Most values are texts and figures, which need no copy; `structuredClone` takes longer than sending the span. */
function copyAttributes<T extends Attributes>(attributes: T): T {
  const copy = withRoom(attributes);
  for (const key in copy) {
    const value = copy[key];
    if (typeof value === 'object' && value !== null) copy[key] = copyValue(value) as typeof value;
  }
  return copy as T;
}

function copyValue(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint8Array) return value.slice();
  if (Array.isArray(value)) return value.map(copyValue);
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, copyValue(member)]));
}

function copyResource(resource: Resource): Resource {
  if (resource.asyncAttributesPending) return resource;
  const { schemaUrl } = resource;
  return resourceFromAttributes(
    copyAttributes(resource.attributes),
    schemaUrl === undefined ? undefined : { schemaUrl },
  );
}

function always<T>(value: T): () => T {
  return () => value;
}

function obtain<T>(copies: Map<T, T>, original: T, copy: (original: T) => T): T {
  const known = copies.get(original) ?? copy(original);
  copies.set(original, known);
  return known;
}
