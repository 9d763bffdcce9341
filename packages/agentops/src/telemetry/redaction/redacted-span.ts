import type { ReadableSpan } from '@opentelemetry/sdk-trace';

/** What differs between a span and what is seen of it. */
export type SpanChanges = Partial<
  Pick<ReadableSpan, 'name' | 'attributes' | 'status' | 'events' | 'links' | 'resource'>
>;

/** A span as it was when this was made, with some of its parts replaced. What shares parts with it must not write to them. */
export class RedactedSpan implements ReadableSpan {
  readonly name: string;
  readonly kind: ReadableSpan['kind'];
  readonly parentSpanContext?: NonNullable<ReadableSpan['parentSpanContext']>;
  readonly startTime: ReadableSpan['startTime'];
  readonly endTime: ReadableSpan['endTime'];
  readonly status: ReadableSpan['status'];
  readonly attributes: ReadableSpan['attributes'];
  readonly links: ReadableSpan['links'];
  readonly events: ReadableSpan['events'];
  readonly duration: ReadableSpan['duration'];
  readonly ended: boolean;
  readonly resource: ReadableSpan['resource'];
  readonly instrumentationScope: ReadableSpan['instrumentationScope'];
  readonly droppedAttributesCount: number;
  readonly droppedEventsCount: number;
  readonly droppedLinksCount: number;
  readonly spanContext: ReadableSpan['spanContext'];

  constructor(span: ReadableSpan, changes: SpanChanges) {
    const spanContext = span.spanContext();
    this.spanContext = () => spanContext;
    this.kind = span.kind;
    if (span.parentSpanContext !== undefined) this.parentSpanContext = span.parentSpanContext;
    this.startTime = span.startTime;
    this.endTime = span.endTime;
    this.duration = span.duration;
    this.ended = span.ended;
    this.instrumentationScope = span.instrumentationScope;
    this.droppedAttributesCount = span.droppedAttributesCount;
    this.droppedEventsCount = span.droppedEventsCount;
    this.droppedLinksCount = span.droppedLinksCount;
    this.name = changes.name ?? span.name;
    this.status = changes.status ?? span.status;
    this.attributes = changes.attributes ?? span.attributes;
    this.links = changes.links ?? span.links;
    this.events = changes.events ?? span.events;
    this.resource = changes.resource ?? span.resource;
  }
}
