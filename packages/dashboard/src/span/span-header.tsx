import type { SpanSkeleton } from '@agentops/server/api';
import { formatDuration, millisecondsBetween } from '../format/time.ts';
import { CopyButton } from '../ui/copy-button.tsx';
import { Icon } from '../ui/icon.tsx';
import { kindLabel, kindOf } from '../waterfall/kind.ts';
import { KindMark } from '../waterfall/kind-mark.tsx';
import type { SpanNode } from '../waterfall/span-tree.ts';

/** Which span this is: known at once from the waterfall, before the rest has arrived. */
export function SpanHeader(props: {
  span: SpanSkeleton | undefined;
  node: SpanNode | undefined;
  onClose: () => void;
}) {
  const { span, node, onClose } = props;
  return (
    <header className="span-header">
      <div className="span-title">
        {span !== undefined && <KindMark kind={kindOf(span)} />}
        <h2>{span?.name ?? 'Unknown span'}</h2>
        <button
          type="button"
          className="icon-button"
          aria-label="Close the detail"
          title="Close (Escape)"
          onClick={onClose}
        >
          <Icon name="close" />
        </button>
      </div>
      {span !== undefined && (
        <p className="span-facts">
          <span className="kind-word">{kindLabel(span)}</span>
          {span.status === 2 && (
            <span className="failed">
              <Icon name="error" />
              Failed
            </span>
          )}
          <span>{durationOf(span)}</span>
          {node !== undefined && <span>started at {formatDuration(node.start / 1e6)}</span>}
          {span.agent_name !== null && kindOf(span) !== 'agent' && <span>by {span.agent_name}</span>}
          <span className="span-id">
            <code>{span.span_id}</code>
            <CopyButton text={span.span_id} what="the span's id" />
          </span>
        </p>
      )}
    </header>
  );
}

function durationOf({ start_time, end_time, lost_time }: SpanSkeleton): string {
  if (end_time !== null) return formatDuration(millisecondsBetween(start_time, end_time));
  return lost_time === null ? 'unfinished' : 'lost: its process gives no sign of life';
}
