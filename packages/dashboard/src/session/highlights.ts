import { allAbove, ancestorsOf, type SpanNode, type SpanTree } from '../waterfall/span-tree.ts';
import { usageNodes } from '../waterfall/usage.ts';

/** The spans of a session worth a look first. */
export interface Highlights {
  /** Where errors arose: a span that failed because one below it failed is left out. */
  readonly failed: readonly SpanNode[];
  /** Steps that have not ended, but for those that are lost. */
  readonly unfinished: readonly SpanNode[];
  /** Steps whose process stopped giving signs of life. */
  readonly lost: readonly SpanNode[];
  /** Steps by duration, the longest first. */
  readonly slowest: readonly SpanNode[];
  /** Spans by cost, the costliest first; never one that repeats what is below it. */
  readonly costliest: readonly SpanNode[];
}

/** Finds what failed, what hangs, and where time and money went. */
export function highlightsOf(tree: SpanTree): Highlights {
  const steps = stepsOf(tree);
  return {
    failed: tree.errors.filter((node) => node.errorsBelow === 0),
    unfinished: steps.filter((node) => node.end === null && node.lost === null),
    lost: steps.filter((node) => node.lost !== null),
    slowest: descending(steps, durationOf),
    costliest: descending(usageNodes(tree.nodes), (node) => node.span.cost ?? 0),
  };
}

/** ns; 0 while the span is unfinished. */
export function durationOf(node: SpanNode): number {
  return node.end === null ? 0 : node.end - node.start;
}

/**
 * What an engineer would call one step: an LLM or tool call that contains no other, whatever its HTTP client recorded
 * inside it; and, outside of those, any span without children.
 */
function stepsOf(tree: SpanTree): SpanNode[] {
  const calls = tree.nodes.filter(isCall);
  const aboveCalls = allAbove(calls);
  return tree.nodes.filter((node) =>
    isCall(node) ? !aboveCalls.has(node) : node.children.length === 0 && !isInsideCall(node),
  );
}

function isCall({ kind }: SpanNode): boolean {
  return kind === 'llm' || kind === 'tool';
}

function isInsideCall(node: SpanNode): boolean {
  return ancestorsOf(node).some(isCall);
}

function descending(nodes: readonly SpanNode[], weight: (node: SpanNode) => number): SpanNode[] {
  return nodes.filter((node) => weight(node) > 0).sort((a, b) => weight(b) - weight(a));
}
