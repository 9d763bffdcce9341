import type { SpanDocument } from '@agentops/server/api';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiFailure } from '../api/client.ts';
import { spanQuery } from '../api/queries.ts';
import { FailureBanner } from '../ui/failure-banner.tsx';
import { type Tab, Tabs } from '../ui/tabs.tsx';
import { TextBlock } from '../ui/text-block.tsx';
import type { SpanNode } from '../waterfall/span-tree.ts';
import { AttributeTable } from './attribute-table.tsx';
import { EventList } from './event-list.tsx';
import { LinkList } from './link-list.tsx';
import { SpanHeader } from './span-header.tsx';
import { SpanView } from './span-view.tsx';
import './span.css';

type Page = 'view' | 'attributes' | 'events' | 'links' | 'resource' | 'raw';

/** Everything about the selected span: what it is first, then all that was recorded. */
export function SpanPanel(props: {
  sessionId: string;
  spanId: string;
  /** The span's place in the waterfall; undefined where it is not among the session's spans. */
  node: SpanNode | undefined;
  onSelect: (spanId: string | undefined) => void;
}) {
  const { sessionId, spanId, node, onSelect } = props;
  const [page, setPage] = useState<Page>('view');
  const query = useQuery(spanQuery(sessionId, spanId));
  const span = query.data;
  const missing = query.error instanceof ApiFailure && query.error.status === 404;

  return (
    <aside className="side span-panel" aria-label="Span" aria-busy={query.isPending}>
      <SpanHeader span={node?.span ?? span} node={node} onClose={() => onSelect(undefined)} />
      {missing ? (
        <p className="nothing">
          This session has no span <code>{spanId}</code>.
        </p>
      ) : (
        <FailureBanner
          error={query.error}
          updatedAt={query.dataUpdatedAt}
          onRetry={() => void query.refetch()}
        />
      )}
      {span !== undefined && (
        <Tabs key={spanId} label="Detail of the span" tabs={tabsOf(span)} current={page} onChange={setPage}>
          <PanelPage page={page} span={span} node={node} />
        </Tabs>
      )}
    </aside>
  );
}

function tabsOf({ attributes, events, links }: SpanDocument): Tab<Page>[] {
  return [
    { id: 'view', label: 'Detail' },
    { id: 'attributes', label: 'Attributes', count: Object.keys(attributes).length },
    { id: 'events', label: 'Events', count: events.length },
    { id: 'links', label: 'Links', count: links.length },
    { id: 'resource', label: 'Resource' },
    { id: 'raw', label: 'Raw' },
  ];
}

function PanelPage({ page, span, node }: { page: Page; span: SpanDocument; node: SpanNode | undefined }) {
  switch (page) {
    case 'view':
      return <SpanView span={span} node={node} />;
    case 'attributes':
      return <AttributeTable attributes={span.attributes} searchable />;
    case 'events':
      return <EventList span={span} />;
    case 'links':
      return <LinkList links={span.links} />;
    case 'resource':
      return <AttributeTable attributes={span.resource} searchable />;
    case 'raw':
      return <TextBlock value={span} copyable="the span as JSON" />;
  }
}
