import type { SpanNode } from './span-tree.ts';
import { barOf, type TimeWindow } from './timeline.ts';

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
          data-failed={node.failed || undefined}
          style={{ left: `${bar.left}%`, width: `${bar.width}%` }}
        />
      )}
    </div>
  );
}
