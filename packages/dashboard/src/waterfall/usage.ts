import { allAbove, branchOf, type SpanNode } from './span-tree.ts';

/** What happened in a branch of the tree, its top included. */
export interface BranchTotals {
  readonly spans: number;
  readonly llms: number;
  readonly tools: number;
  readonly errors: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** USD; null when no span of the branch has a known cost. */
  readonly cost: number | null;
}

/** Of `nodes`, the LLM calls that contain no other: an instrumented client inside a framework's call is one call. */
function llmCalls(nodes: readonly SpanNode[]): SpanNode[] {
  return lowest(nodes.filter((node) => node.kind === 'llm'));
}

/** Of `nodes`, those with tokens or cost of their own; a span above one of them only repeats what is below. */
export function usageNodes(nodes: readonly SpanNode[]): SpanNode[] {
  return lowest(
    nodes.filter(({ span }) => (span.input_tokens ?? span.output_tokens ?? span.cost ?? null) !== null),
  );
}

/** The totals of a branch, counted as those of its session are. */
export function branchTotals(top: SpanNode): BranchTotals {
  const nodes = [...branchOf(top)];
  const usage = usageNodes(nodes).map((node) => node.span);
  const costs = usage.flatMap(({ cost }) => cost ?? []);
  return {
    spans: nodes.length,
    llms: llmCalls(nodes).length,
    tools: nodes.filter((node) => node.kind === 'tool').length,
    errors: nodes.filter((node) => node.failed).length,
    inputTokens: sum(usage.map((span) => span.input_tokens ?? 0)),
    outputTokens: sum(usage.map((span) => span.output_tokens ?? 0)),
    cost: costs.length === 0 ? null : sum(costs),
  };
}

function lowest(nodes: readonly SpanNode[]): SpanNode[] {
  const above = allAbove(nodes);
  return nodes.filter((node) => !above.has(node));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
