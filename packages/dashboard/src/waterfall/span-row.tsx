import { formatCompact, formatCost, formatCount, pluralize } from '../format/quantity.ts';
import { formatDuration } from '../format/time.ts';
import { Icon } from '../ui/icon.tsx';
import { kindLabel, shortName } from './kind.ts';
import { KindMark } from './kind-mark.tsx';
import { SpanBar } from './span-bar.tsx';
import type { SpanNode } from './span-tree.ts';
import type { TimeWindow } from './timeline.ts';

/** Deeper spans are not indented further, so that their names stay in sight. */
const DEEPEST_INDENT = 16;

/** The id of a row's element, for `aria-activedescendant`. */
export function spanRowId(node: SpanNode): string {
  return `span-${node.span.span_id}`;
}

/** One span of the waterfall: its place in the tree, its figures, its bar. */
export function SpanRow(props: {
  node: SpanNode;
  /** Where the row stands in the tree, in px. */
  top: number;
  window: TimeWindow;
  selected: boolean;
  expanded: boolean;
  /** True for a row that is here only because one below it matches the search. */
  dimmed: boolean;
  onToggle: () => void;
}) {
  const { node, top, window, selected, expanded, dimmed, onToggle } = props;
  const { span } = node;
  const tokens = (span.input_tokens ?? 0) + (span.output_tokens ?? 0);
  const duration = node.end === null ? null : formatDuration((node.end - node.start) / 1e6);
  const standing = node.lost === null ? 'unfinished' : 'lost';

  return (
    <div
      id={spanRowId(node)}
      className="row span-row"
      role="treeitem"
      tabIndex={-1}
      aria-level={node.depth + 1}
      aria-selected={selected}
      aria-expanded={node.children.length > 0 ? expanded : undefined}
      aria-label={`${kindLabel(span)} ${span.name}, ${node.service === null ? '' : `in ${node.service}, `}${duration ?? standing}${node.failed ? ', failed' : ''}`}
      data-span-id={span.span_id}
      data-kind={node.kind}
      data-failed={node.failed || undefined}
      data-dimmed={dimmed || undefined}
      style={{ transform: `translateY(${top}px)` }}
    >
      <div className="span-cell">
        {Array.from({ length: Math.min(node.depth, DEEPEST_INDENT) }, (_, level) => level).map((level) => (
          <i key={level} className="guide" />
        ))}
        <Fold node={node} expanded={expanded} onToggle={onToggle} />
        <KindMark kind={node.kind} />
        <span className="span-name" title={span.name}>
          {shortName(span)}
        </span>
        {node.service !== null && (
          <span className="span-service" title={`From here on in the service ${node.service}`}>
            {node.service}
          </span>
        )}
        {node.failed && <Icon name="error" />}
        {node.orphan && (
          <span className="orphan" title="Its parent has not arrived: shown below the root meanwhile">
            <Icon name="unlinked" />
          </span>
        )}
        {!expanded && node.children.length > 0 && (
          <span className="hidden-below" data-failed={node.errorsBelow > 0 || undefined}>
            {formatCompact(node.descendants)}
            {node.errorsBelow > 0 && `, ${pluralize(node.errorsBelow, 'error')}`}
          </span>
        )}
      </div>
      <span
        className="number tokens"
        title={`${formatCount(span.input_tokens ?? 0)} in, ${formatCount(span.output_tokens ?? 0)} out`}
      >
        {tokens > 0 && formatCompact(tokens)}
      </span>
      <span className="number cost">{span.cost !== null && formatCost(span.cost)}</span>
      <span className="number duration">{duration ?? <span className={standing}>{standing}</span>}</span>
      <SpanBar node={node} window={window} />
    </div>
  );
}

/** The arrow that folds a branch. Assistive technology folds with the keys of the tree, hence out of the tab order. */
function Fold({ node, expanded, onToggle }: { node: SpanNode; expanded: boolean; onToggle: () => void }) {
  if (node.children.length === 0) return <span className="fold" />;
  return (
    <button
      type="button"
      className="fold"
      tabIndex={-1}
      aria-label={expanded ? 'Collapse' : 'Expand'}
      data-expanded={expanded || undefined}
      onClick={(event) => {
        event.stopPropagation();
        onToggle();
      }}
    >
      <Icon name="chevron" />
    </button>
  );
}
