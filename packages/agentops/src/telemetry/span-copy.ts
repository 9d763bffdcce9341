import { TraceFlags } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';

/** What differs between a span and a copy of it. */
export type SpanChanges = Partial<
  Pick<
    ReadableSpan,
    | 'spanContext'
    | 'name'
    | 'startTime'
    | 'endTime'
    | 'attributes'
    | 'status'
    | 'events'
    | 'links'
    | 'resource'
  >
>;

/** A span with some of its parts replaced. The others it shares with the original, which nobody must write to any more. */
export class SpanCopy implements ReadableSpan {
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
    this.spanContext = changes.spanContext ?? (() => spanContext);
    this.kind = span.kind;
    if (span.parentSpanContext !== undefined) this.parentSpanContext = span.parentSpanContext;
    this.startTime = changes.startTime ?? span.startTime;
    this.endTime = changes.endTime ?? span.endTime;
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

/** A copy of a span as it is now, with `changes`. What is set or added on either later does not change the other. */
export function snapshotOf(span: ReadableSpan, changes: SpanChanges): ReadableSpan {
  const { attributes, links, events } = span;
  return new SpanCopy(span, {
    attributes: { ...attributes },
    links: [...links],
    events: [...events],
    ...changes,
  });
}

/** The span context of `span`, saying that the span is sampled. */
export function sampledContext(span: ReadableSpan): ReadableSpan['spanContext'] {
  const spanContext = span.spanContext();
  const sampled = { ...spanContext, traceFlags: spanContext.traceFlags | TraceFlags.SAMPLED };
  return () => sampled;
}
