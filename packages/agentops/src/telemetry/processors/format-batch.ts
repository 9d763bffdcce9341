import type { SpanContext } from '@opentelemetry/api';
import { type Resource, resourceFromAttributes } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { SpanFormatter } from '../../config/exporter-options.ts';

/**
 * What a user's formatter makes of a batch. It is given copies, so that neither other exporters nor a later attempt see
 * what it does; it may leave spans out.
 *
 * @throws What the formatter throws, and where it returns anything but spans of this batch.
 */
export function formatBatch(format: SpanFormatter, batch: readonly ReadableSpan[]): readonly ReadableSpan[] {
  const formatted: unknown = format(copyBatch(batch));
  if (!Array.isArray(formatted)) throw new Error('it must return an array of spans');
  const expected = new Set(batch.map((span) => idOf(span.spanContext())));
  for (const span of formatted as readonly ReadableSpan[]) {
    if (!expected.delete(idOf(span.spanContext()))) {
      throw new Error('it must return spans of the batch it was given, each once');
    }
  }
  return formatted;
}

const idOf = ({ traceId, spanId }: SpanContext): string => `${traceId}:${spanId}`;

/** Spans go on sharing Resource and scope: requests name each of those once. */
function copyBatch(batch: readonly ReadableSpan[]): ReadableSpan[] {
  const resources = new Map<Resource, Resource>();
  const scopes = new Map<ReadableSpan['instrumentationScope'], ReadableSpan['instrumentationScope']>();
  return batch.map((span) => ({
    name: span.name,
    kind: span.kind,
    spanContext: always({ ...span.spanContext() }),
    ...(span.parentSpanContext !== undefined && { parentSpanContext: { ...span.parentSpanContext } }),
    startTime: [...span.startTime],
    endTime: [...span.endTime],
    duration: [...span.duration],
    ended: span.ended,
    status: { ...span.status },
    attributes: structuredClone(span.attributes),
    links: span.links.map(({ context, ...rest }) => ({ context: { ...context }, ...structuredClone(rest) })),
    events: structuredClone(span.events),
    resource: obtain(resources, span.resource, copyResource),
    instrumentationScope: obtain(scopes, span.instrumentationScope, (scope) => ({ ...scope })),
    droppedAttributesCount: span.droppedAttributesCount,
    droppedEventsCount: span.droppedEventsCount,
    droppedLinksCount: span.droppedLinksCount,
  }));
}

function copyResource(resource: Resource): Resource {
  if (resource.asyncAttributesPending) return resource;
  const { schemaUrl } = resource;
  return resourceFromAttributes(
    structuredClone(resource.attributes),
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
