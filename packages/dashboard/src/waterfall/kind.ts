import type { SpanSkeleton } from '@agentops/server/api';

/** What a span is to the reader of a waterfall: it decides icon, colour and the view of its detail. */
export type SpanKind = 'session' | 'agent' | 'llm' | 'tool' | 'workflow' | 'step' | 'error' | 'other';

const KIND_OF_NAME: Readonly<Record<string, SpanKind>> = {
  session: 'session',
  agent: 'agent',
  llm: 'llm',
  embeddings: 'llm',
  tool: 'tool',
  retrieval: 'tool',
  mcp: 'tool',
  workflow: 'workflow',
  chain: 'workflow',
  task: 'step',
  action: 'step',
  guardrail: 'step',
  error: 'error',
};

const KIND_OF_EVENT = { llms: 'llm', tools: 'tool', actions: 'step', errors: 'error' } as const;

/** Operations that the icon already says. */
const SAID_BY_ICON = /^(?:invoke_agent|invoke_workflow|execute_tool|task|action|guardrail) (?=\S)/;

/** The kind of a span, from its own word for it, else from the type of event it is. */
export function kindOf(span: Pick<SpanSkeleton, 'span_kind' | 'event_type'>): SpanKind {
  const named = span.span_kind === null ? undefined : KIND_OF_NAME[span.span_kind.toLowerCase()];
  return named ?? (span.event_type === null ? 'other' : KIND_OF_EVENT[span.event_type]);
}

/** The kind in words: the sender's own word where it has one (`guardrail`, `retrieval`), `span` for foreign spans. */
export function kindLabel(span: Pick<SpanSkeleton, 'span_kind' | 'event_type'>): string {
  if (span.span_kind !== null) return span.span_kind === 'llm' ? 'LLM' : span.span_kind;
  const kind = kindOf(span);
  return kind === 'other' ? 'span' : kind === 'llm' ? 'LLM' : kind;
}

/** A span's name without the operation that its icon shows: `researcher` for `invoke_agent researcher`. */
export function shortName(span: Pick<SpanSkeleton, 'name' | 'span_kind' | 'event_type'>): string {
  return kindOf(span) === 'other' ? span.name : span.name.replace(SAID_BY_ICON, '');
}
