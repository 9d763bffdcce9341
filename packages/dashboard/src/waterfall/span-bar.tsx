import type { SpanNode } from './span-tree.ts';
import { barOf, type TimeWindow } from './timeline.ts';

/** Where the mark of a failure stands: behind the bar, unless the axis ends there. */
function markSide({ left, width }: { left: number; width: number }): 'before' | 'behind' {
  return left + width > LAST_PERCENT_FOR_A_MARK ? 'before' : 'behind';
}

/** Beyond this there is no room for the mark between the bar and the end of the axis. */
const LAST_PERCENT_FOR_A_MARK = 94;

/** The bar of a span on the time axis; nothing where the span lies outside the window. */
export function SpanBar({ node, window }: { node: SpanNode; window: TimeWindow }) {
  const bar = barOf(node, window);
  return (
    <div className="timeline">
      {bar !== null && (
        <div
          className="bar"
          data-kind={node.kind}
          data-open={bar.open || undefined}
          data-failed={node.failed ? markSide(bar) : undefined}
          style={{ left: `${bar.left}%`, width: `${bar.width}%` }}
        />
      )}
    </div>
  );
}
