import type { SpanDocument } from '@agentops/server/api';
import { CopyButton } from '../ui/copy-button.tsx';
import { numbered } from '../ui/numbered.ts';
import { AttributeTable } from './attribute-table.tsx';

/** The spans that a span points to. */
export function LinkList({ links }: { links: SpanDocument['links'] }) {
  if (links.length === 0) return <p className="nothing">This span links to no other.</p>;
  return numbered(links).map(({ position, item: { trace_id, span_id, attributes } }) => (
    <section key={position} className="event">
      <h3>
        Span <code>{span_id}</code>
        <CopyButton text={span_id} what="the span's id" />
      </h3>
      <p className="muted">
        of trace <code>{trace_id}</code>
        <CopyButton text={trace_id} what="the trace's id" />
      </p>
      {Object.keys(attributes).length > 0 && <AttributeTable attributes={attributes} />}
    </section>
  ));
}
