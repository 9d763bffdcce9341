import type { SpanNode } from './span-tree.ts';

/** What a key does to the tree. */
export type Move =
  | { readonly type: 'select'; readonly spanId: string }
  | { readonly type: 'collapse'; readonly spanId: string }
  | { readonly type: 'expand'; readonly spanId: string };

const PAGE = 20;

/**
 * What `key` means on a tree, after the ARIA tree pattern: up, down, page, home and end move; left collapses or goes
 * to the parent; right expands or goes to the first child. `collapsed` is null while nothing folds (a search shows its
 * matches wherever they are). Null where the key means nothing here.
 */
export function moveFor(
  key: string,
  rows: readonly SpanNode[],
  selected: string | undefined,
  collapsed: ReadonlySet<string> | null,
): Move | null {
  const at = rows.findIndex((node) => node.span.span_id === selected);
  const current = rows[at];
  switch (key) {
    case 'ArrowDown':
      return to(rows[Math.min(at + 1, rows.length - 1)]);
    case 'ArrowUp':
      return to(rows[at === -1 ? rows.length - 1 : Math.max(at - 1, 0)]);
    case 'PageDown':
      return to(rows[Math.min(at + PAGE, rows.length - 1)]);
    case 'PageUp':
      return to(rows[Math.max(at - PAGE, 0)]);
    case 'Home':
      return to(rows[0]);
    case 'End':
      return to(rows.at(-1));
    case 'ArrowLeft':
      if (current === undefined) return null;
      return collapsed !== null && isExpanded(current, collapsed)
        ? { type: 'collapse', spanId: current.span.span_id }
        : to(current.parent ?? undefined);
    case 'ArrowRight':
      if (current === undefined) return null;
      return collapsed?.has(current.span.span_id) === true
        ? { type: 'expand', spanId: current.span.span_id }
        : to(rows[at + 1]?.parent === current ? rows[at + 1] : undefined);
    default:
      return null;
  }
}

/** The failed span before or after the selected one in display order, round the ends. */
export function nextError(
  errors: readonly SpanNode[],
  order: readonly SpanNode[],
  selected: string | undefined,
  direction: 1 | -1,
): SpanNode | undefined {
  const position = new Map(order.map((node, index) => [node.span.span_id, index]));
  const at = selected === undefined ? undefined : position.get(selected);
  if (at === undefined) return direction === 1 ? errors[0] : errors.at(-1);
  const beyond = (node: SpanNode) => ((position.get(node.span.span_id) ?? 0) - at) * direction > 0;
  return direction === 1 ? (errors.find(beyond) ?? errors[0]) : (errors.findLast(beyond) ?? errors.at(-1));
}

/** True for a span whose children are shown. */
export function isExpanded(node: SpanNode, collapsed: ReadonlySet<string>): boolean {
  return node.children.length > 0 && !collapsed.has(node.span.span_id);
}

function to(node: SpanNode | undefined): Move | null {
  return node === undefined ? null : { type: 'select', spanId: node.span.span_id };
}
