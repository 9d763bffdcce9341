import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type MouseEvent, useEffect, useRef } from 'react';
import { TimeAxis, TimeGrid } from './axis.tsx';
import { isExpanded } from './navigation.ts';
import { SpanRow, spanRowId } from './span-row.tsx';
import { ticksOf } from './timeline.ts';
import type { WaterfallState } from './use-waterfall.ts';
import './waterfall.css';

/** Both as in waterfall.css, in px. */
const ROW_HEIGHT = 28;
const AXIS_HEIGHT = 28;
const ROWS_BEYOND_VIEW = 12;
const TICKS = 5;

/** The spans of a session as a tree over a time axis. Only the rows in view, and a few more, are in the page. */
export function Waterfall({ waterfall }: { waterfall: WaterfallState }) {
  const { rows, selected, collapsed, window } = waterfall;
  const scroller = useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualizer({
    count: rows.nodes.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: ROWS_BEYOND_VIEW,
    scrollMargin: AXIS_HEIGHT,
    scrollPaddingStart: AXIS_HEIGHT,
  });
  const ticks = ticksOf(window, TICKS);

  const selectedRow = selected === undefined ? -1 : rows.nodes.indexOf(selected);
  const selectedId = selected?.span.span_id;
  // A selection is brought into view once: rows that arrive later must not pull the reader back to it.
  const revealed = useRef<string | undefined>(undefined);
  useEffect(() => {
    if (selectedRow === -1 || selectedId === revealed.current) return;
    revealed.current = selectedId;
    virtualizer.scrollToIndex(selectedRow);
  }, [selectedId, selectedRow, virtualizer]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (waterfall.press(event.key)) event.preventDefault();
  };
  const onClick = (event: MouseEvent<HTMLElement>) => {
    const row = (event.target as Element).closest<HTMLElement>('[data-span-id]');
    if (row === null) return;
    waterfall.select(row.dataset.spanId);
    // The tree keeps the focus: a row loses its element, and the focus with it, when it is scrolled out of view.
    event.currentTarget.focus({ preventScroll: true });
  };

  return (
    <div className="waterfall" ref={scroller}>
      <TimeAxis ticks={ticks} window={window} />
      <div
        className="span-tree"
        role="tree"
        aria-label="Spans"
        tabIndex={0}
        aria-activedescendant={selectedRow === -1 ? undefined : spanRowId(selected!)}
        onKeyDown={onKeyDown}
        onClick={onClick}
        style={{ height: virtualizer.getTotalSize() }}
      >
        <TimeGrid ticks={ticks} />
        {virtualizer.getVirtualItems().map((item) => {
          const node = rows.nodes[item.index]!;
          return (
            <SpanRow
              key={node.span.span_id}
              node={node}
              top={item.start - AXIS_HEIGHT}
              window={window}
              selected={node === selected}
              expanded={rows.matches === null ? isExpanded(node, collapsed) : node.children.length > 0}
              dimmed={rows.matches?.has(node) === false}
              onToggle={() => waterfall.toggle(node.span.span_id)}
            />
          );
        })}
      </div>
    </div>
  );
}
