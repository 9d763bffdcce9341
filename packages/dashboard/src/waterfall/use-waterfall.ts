import { useMemo, useState } from 'react';
import { moveFor, nextError } from './navigation.ts';
import { type VisibleRows, visibleRows } from './rows.ts';
import { ancestorsOf, type SpanNode, type SpanTree } from './span-tree.ts';
import { type TimeWindow, wholeWindow, windowOf } from './timeline.ts';

/** The state of a waterfall, and what its reader can do with it. Actions say whether there was anything to do. */
export interface WaterfallState {
  readonly tree: SpanTree;
  readonly rows: VisibleRows;
  readonly selected: SpanNode | undefined;
  readonly collapsed: ReadonlySet<string>;
  readonly search: string;
  /** The stretch of time shown. */
  readonly window: TimeWindow;
  readonly zoomed: boolean;
  /** Selects a span and brings it into view, also from below a collapsed one; undefined selects none. */
  select(spanId: string | undefined): boolean;
  toggle(spanId: string): void;
  collapseAll(): void;
  expandAll(): void;
  setSearch(search: string): void;
  /** Lets the axis span one span; undefined lets it span the session again. */
  zoomTo(node: SpanNode | undefined): boolean;
  /** Acts on a key of the tree pattern. */
  press(key: string): boolean;
  jumpToError(direction: 1 | -1): boolean;
}

/** `until` is the last instant to show, in ns after the tree's origin. `onSelect` keeps the selection. */
export function useWaterfall(
  tree: SpanTree,
  until: number,
  selectedId: string | undefined,
  onSelect: (spanId: string | undefined) => void,
): WaterfallState {
  const [collapsed, setCollapsed] = useState<ReadonlySet<string>>(new Set());
  const [search, setSearch] = useState('');
  const [zoomedId, setZoomedId] = useState<string>();
  const rows = useMemo(() => visibleRows(tree, collapsed, search), [tree, collapsed, search]);
  const selected = selectedId === undefined ? undefined : tree.byId.get(selectedId);
  const zoomed = zoomedId === undefined ? undefined : tree.byId.get(zoomedId);

  const expand = (ids: Iterable<string>) => setCollapsed((current) => current.difference(new Set(ids)));
  const collapse = (ids: Iterable<string>) => setCollapsed((current) => current.union(new Set(ids)));
  const select = (spanId: string | undefined) => {
    const node = spanId === undefined ? undefined : tree.byId.get(spanId);
    if (node !== undefined) expand(Array.from(ancestorsOf(node), (above) => above.span.span_id));
    onSelect(spanId);
    return spanId !== selectedId;
  };

  return {
    tree,
    rows,
    selected,
    collapsed,
    search,
    window: zoomed === undefined ? wholeWindow(until) : windowOf(zoomed, until),
    zoomed: zoomed !== undefined,
    select,
    toggle: (spanId) => (collapsed.has(spanId) ? expand : collapse)([spanId]),
    collapseAll: () =>
      collapse(tree.nodes.filter((node) => node.depth > 0 && node.descendants > 0).map(idOf)),
    expandAll: () => setCollapsed(new Set()),
    setSearch,
    zoomTo: (node) => {
      setZoomedId(node?.span.span_id);
      return node !== zoomed;
    },
    press: (key) => {
      const move = moveFor(key, rows.nodes, selectedId, rows.matches === null ? collapsed : null);
      if (move?.type === 'select') select(move.spanId);
      if (move?.type === 'collapse') collapse([move.spanId]);
      if (move?.type === 'expand') expand([move.spanId]);
      return move !== null;
    },
    jumpToError: (direction) => {
      const error = nextError(tree.errors, tree.nodes, selectedId, direction);
      if (error === undefined) return false;
      setSearch('');
      return select(idOf(error));
    },
  };
}

function idOf(node: SpanNode): string {
  return node.span.span_id;
}
