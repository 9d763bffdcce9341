import type { SpanDocument } from '@agentops/server/api';
import { formatDuration, millisecondsBetween } from '../format/time.ts';
import { numbered } from '../ui/numbered.ts';
import { AttributeTable } from './attribute-table.tsx';

/** The timed annotations of a span, in the order they happened. */
export function EventList({ span }: { span: SpanDocument }) {
  if (span.events.length === 0) return <p className="nothing">This span recorded no events.</p>;
  return numbered(span.events).map(({ position, item: event }) => (
    <section key={position} className="event">
      <h3>
        {event.name}
        <span className="muted">{formatDuration(millisecondsBetween(span.start_time, event.time))} in</span>
      </h3>
      <AttributeTable attributes={event.attributes} />
    </section>
  ));
}
