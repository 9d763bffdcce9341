import type { SessionDocument } from '@agentops/server/api';
import { useMemo } from 'react';
import { formatCost } from '../format/quantity.ts';
import { formatDuration } from '../format/time.ts';
import { AttributeTable } from '../span/attribute-table.tsx';
import type { SpanNode, SpanTree } from '../waterfall/span-tree.ts';
import { AgentTable } from './agent-table.tsx';
import { FailureLine } from './failure-line.tsx';
import { durationOf, highlightsOf } from './highlights.ts';
import { SpanList } from './span-list.tsx';

/** What a session looks like from above: what failed, what hangs, where time and money went, who did it. */
export function Overview(props: {
  session: SessionDocument;
  tree: SpanTree;
  /** The last instant shown, in ns after the tree's origin. */
  until: number;
  onSelect: (spanId: string) => void;
}) {
  const { session, tree, until, onSelect } = props;
  const { failed, unfinished, lost, slowest, costliest } = useMemo(() => highlightsOf(tree), [tree]);
  return (
    <aside className="side overview" aria-label="Overview of the session">
      <SpanList
        title="What failed"
        nodes={failed}
        figure={duration}
        below={(node) => <FailureLine sessionId={session.session_id} spanId={node.span.span_id} />}
        onSelect={onSelect}
      />
      <SpanList
        title={session.end_state === null ? 'Still running' : 'Unfinished'}
        nodes={unfinished}
        figure={(node) => formatDuration((until - node.start) / 1e6)}
        onSelect={onSelect}
      />
      <SpanList
        title="Lost with their process"
        nodes={lost}
        figure={(node) => formatDuration(((node.lost ?? until) - node.start) / 1e6)}
        onSelect={onSelect}
      />
      <SpanList title="Slowest steps" nodes={slowest} figure={duration} onSelect={onSelect} />
      <SpanList title="Costliest calls" nodes={costliest} figure={cost} onSelect={onSelect} />
      {session.agents.length > 0 && <AgentTable agents={session.agents} />}
      {Object.keys(session.metadata).length > 0 && (
        <section>
          <h2>Metadata</h2>
          <AttributeTable attributes={session.metadata} />
        </section>
      )}
      <section>
        <h2>Resource</h2>
        <AttributeTable attributes={session.resource} />
      </section>
    </aside>
  );
}

function duration(node: SpanNode): string {
  return formatDuration(durationOf(node) / 1e6);
}

function cost(node: SpanNode): string {
  return formatCost(node.span.cost ?? 0);
}
