import type { ReactNode } from 'react';
import { kindLabel, shortName } from '../waterfall/kind.ts';
import { KindMark } from '../waterfall/kind-mark.tsx';
import type { SpanNode } from '../waterfall/span-tree.ts';
import { ListHeading } from './list-heading.tsx';

const MOST_SPANS = 5;

/** The first few of some spans of the waterfall, each with one figure; nothing where there are none. */
export function SpanList(props: {
  title: string;
  nodes: readonly SpanNode[];
  figure: (node: SpanNode) => string;
  below?: (node: SpanNode) => ReactNode;
  onSelect: (spanId: string) => void;
}) {
  const { title, nodes, figure, below, onSelect } = props;
  const shown = nodes.slice(0, MOST_SPANS);
  if (shown.length === 0) return null;
  return (
    <section>
      <ListHeading title={title} shown={shown.length} all={nodes.length} />
      <ul className="span-list">
        {shown.map((node) => (
          <li key={node.span.span_id}>
            <button type="button" onClick={() => onSelect(node.span.span_id)}>
              <KindMark kind={node.kind} />
              <span className="span-name" title={`${kindLabel(node.span)} ${node.span.name}`}>
                {shortName(node.span)}
              </span>
              {node.span.agent_name !== null && <span className="muted">{node.span.agent_name}</span>}
              <span className="number">{figure(node)}</span>
              {below?.(node)}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
