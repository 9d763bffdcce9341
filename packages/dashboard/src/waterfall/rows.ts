import { allAbove, type SpanNode, type SpanTree } from './span-tree.ts';

/** What of a tree is shown: its rows from top to bottom. */
export interface VisibleRows {
  readonly nodes: readonly SpanNode[];
  /** The spans that match the search; null while nothing is searched for. */
  readonly matches: ReadonlySet<SpanNode> | null;
}

/**
 * The rows to show. Without a search, everything but what is below a collapsed span; with one, the matching spans and
 * their ancestors, collapsed or not.
 */
export function visibleRows(tree: SpanTree, collapsed: ReadonlySet<string>, search: string): VisibleRows {
  const wanted = search.trim().toLowerCase();
  if (wanted === '') return { nodes: withoutCollapsed(tree, collapsed), matches: null };

  const matches = new Set(tree.nodes.filter((node) => mentions(node, wanted)));
  const shown = allAbove(matches).union(matches);
  return { nodes: tree.nodes.filter((node) => shown.has(node)), matches };
}

function withoutCollapsed(tree: SpanTree, collapsed: ReadonlySet<string>): readonly SpanNode[] {
  if (collapsed.size === 0) return tree.nodes;
  const rows: SpanNode[] = [];
  for (let i = 0; i < tree.nodes.length; i++) {
    const node = tree.nodes[i]!;
    rows.push(node);
    if (collapsed.has(node.span.span_id)) i += node.descendants;
  }
  return rows;
}

function mentions({ span }: SpanNode, wanted: string): boolean {
  return [span.name, span.model, span.agent_name, span.span_kind].some(
    (text) => text?.toLowerCase().includes(wanted) === true,
  );
}
