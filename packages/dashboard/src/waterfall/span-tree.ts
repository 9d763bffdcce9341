import type { SpanSkeleton } from '@agentops/server/api';
import { kindOf, type SpanKind } from './kind.ts';

/** One span in its place. Times are ns after the tree's origin. */
export interface SpanNode {
  readonly span: SpanSkeleton;
  readonly kind: SpanKind;
  readonly start: number;
  /** Null while the span is unfinished. */
  readonly end: number | null;
  /** When an unfinished span was taken for lost; null while its process gives signs of life, or never did. */
  readonly lost: number | null;
  readonly failed: boolean;
  /** True when the span names a parent that is not (yet) here: it then hangs from the root of its trace. */
  orphan: boolean;
  /** The service that made the span, where that is not its parent's. Null everywhere in a session of one service. */
  service: string | null;
  parent: SpanNode | null;
  readonly children: SpanNode[];
  depth: number;
  /** Spans below this one, at any depth. */
  descendants: number;
  /** Failed spans below this one, at any depth. */
  errorsBelow: number;
}

/** The spans of a session as a forest: mostly one tree, several for a session of several traces. */
export interface SpanTree {
  /** Every node, parents before children, siblings by start: a node's descendants directly follow it. */
  readonly nodes: readonly SpanNode[];
  readonly byId: ReadonlyMap<string, SpanNode>;
  readonly roots: readonly SpanNode[];
  /** Failed spans, in the order of `nodes`. */
  readonly errors: readonly SpanNode[];
  /** ns since the epoch: the earliest start. */
  readonly origin: bigint;
  /** ns from the origin to the last known instant. */
  readonly extent: number;
}

/** Arranges spans as a tree, whatever is missing or malformed among them; every span has exactly one place. */
export function buildSpanTree(spans: readonly SpanSkeleton[]): SpanTree {
  const origin = spans.reduce<bigint | null>((earliest, { start_time }) => {
    const start = BigInt(start_time);
    return earliest === null || start < earliest ? start : earliest;
  }, null);
  const unplaced = spans.map((span) => nodeOf(span, origin ?? 0n)).sort((a, b) => a.start - b.start);
  const byId = new Map(unplaced.map((node) => [node.span.span_id, node]));

  const rootOfTrace = new Map<string, SpanNode>();
  for (const node of unplaced) {
    const { trace_id, parent_span_id } = node.span;
    if (parent_span_id === null && !rootOfTrace.has(trace_id)) rootOfTrace.set(trace_id, node);
  }
  for (const node of unplaced) attach(node, byId, rootOfTrace);
  breakCycles(unplaced, rootOfTrace);

  const roots = unplaced.filter((node) => node.parent === null);
  const nodes = inDisplayOrder(roots);
  countBelow(nodes);
  nameServices(nodes);
  return {
    nodes,
    byId,
    roots,
    errors: nodes.filter((node) => node.failed),
    origin: origin ?? 0n,
    extent: nodes.reduce((latest, node) => Math.max(latest, node.end ?? node.lost ?? node.start), 0),
  };
}

/** The node's ancestors, nearest first. */
export function* ancestorsOf(node: SpanNode): Generator<SpanNode> {
  for (let above = node.parent; above !== null; above = above.parent) yield above;
}

/** The node and everything below it, parents before children. */
export function* branchOf(node: SpanNode): Generator<SpanNode> {
  const pending = [node];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    yield next;
    for (const child of next.children) pending.push(child);
  }
}

/** The nodes that stand, at any height, above one of `below`. */
export function allAbove(below: Iterable<SpanNode>): Set<SpanNode> {
  const found = new Set<SpanNode>();
  for (const node of below) {
    for (const above of ancestorsOf(node)) {
      if (found.has(above)) break;
      found.add(above);
    }
  }
  return found;
}

function nodeOf(span: SpanSkeleton, origin: bigint): SpanNode {
  const instant = (ns: string) => Number(BigInt(ns) - origin);
  const start = instant(span.start_time);
  return {
    span,
    kind: kindOf(span),
    start,
    end: span.end_time === null ? null : instant(span.end_time),
    // By another clock than the start.
    lost: span.lost_time === null ? null : Math.max(start, instant(span.lost_time)),
    failed: span.status === 2,
    orphan: false,
    service: null,
    parent: null,
    children: [],
    depth: 0,
    descendants: 0,
    errorsBelow: 0,
  };
}

function attach(
  node: SpanNode,
  byId: ReadonlyMap<string, SpanNode>,
  rootOfTrace: ReadonlyMap<string, SpanNode>,
): void {
  const { parent_span_id, trace_id } = node.span;
  if (parent_span_id === null) return;
  const named = byId.get(parent_span_id);
  node.orphan = named === undefined || named === node;
  node.parent = node.orphan ? (rootOfTrace.get(trace_id) ?? null) : (named ?? null);
  node.parent?.children.push(node);
}

/** Spans that are each other's ancestors reach no root: each such ring is cut at one span, which becomes an orphan. */
function breakCycles(nodes: readonly SpanNode[], rootOfTrace: ReadonlyMap<string, SpanNode>): void {
  const grounded = new Set<SpanNode>();
  for (const node of nodes) {
    const path = new Set<SpanNode>();
    let above: SpanNode | null = node;
    while (above !== null && !grounded.has(above) && !path.has(above)) {
      path.add(above);
      above = above.parent;
    }
    if (above !== null && path.has(above)) adopt(above, rootOfTrace.get(above.span.trace_id) ?? null);
    for (const member of path) grounded.add(member);
  }
}

function adopt(node: SpanNode, parent: SpanNode | null): void {
  const siblings = node.parent?.children ?? [];
  siblings.splice(siblings.indexOf(node), 1);
  node.orphan = true;
  node.parent = parent;
  if (parent === null) return;
  parent.children.push(node);
  parent.children.sort((a, b) => a.start - b.start);
}

/** Iterative: an agent that recurses makes trees deeper than the call stack. */
function inDisplayOrder(roots: readonly SpanNode[]): SpanNode[] {
  const ordered: SpanNode[] = [];
  const pending = [...roots].reverse();
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    node.depth = node.parent === null ? 0 : node.parent.depth + 1;
    ordered.push(node);
    for (let i = node.children.length - 1; i >= 0; i--) pending.push(node.children[i]!);
  }
  return ordered;
}

function nameServices(nodes: readonly SpanNode[]): void {
  const services = new Set(nodes.map(({ span }) => span.service_name));
  if (services.size < 2) return;
  for (const node of nodes) {
    const { service_name } = node.span;
    if (node.parent?.span.service_name !== service_name) node.service = service_name;
  }
}

function countBelow(nodes: readonly SpanNode[]): void {
  for (let i = nodes.length - 1; i >= 0; i--) {
    const node = nodes[i]!;
    if (node.parent === null) continue;
    node.parent.descendants += node.descendants + 1;
    node.parent.errorsBelow += node.errorsBelow + (node.failed ? 1 : 0);
  }
}
