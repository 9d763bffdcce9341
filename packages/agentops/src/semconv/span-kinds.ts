import type { Attributes } from '@opentelemetry/api';
import * as attr from './attributes.ts';

/** What a span is in a session. `agentops.span.kind` carries it. */
export type SpanKindName =
  | 'session'
  | 'agent'
  | 'workflow'
  | 'task'
  | 'tool'
  | 'guardrail'
  | 'action'
  | 'llm'
  | 'error';

/** What a span counts as among a session's events; structure (session, agent, workflow) is no event. */
export type EventType = 'actions' | 'llms' | 'tools' | 'errors';

/** How spans of one kind are named and marked. */
export interface SpanKindConvention {
  /** Stands before the name in the span's name. */
  readonly operation: string;
  readonly eventType?: EventType;
  /** Attribute that carries the name itself. */
  readonly nameAttribute?: string;
  /** True where the GenAI conventions define the operation: `gen_ai.operation.name` then carries it. */
  readonly genAi?: boolean;
  /** Attributes that every span of the kind has. */
  readonly attributes?: Readonly<Record<string, string>>;
  /** Attributes that carry what went in and what came out; default `agentops.input` and `agentops.output`. */
  readonly inputAttribute?: string;
  readonly outputAttribute?: string;
}

/** The kinds that helpers make by name. LLM calls are named by model, sessions by themselves. */
export const SPAN_KINDS = {
  agent: { operation: 'invoke_agent', nameAttribute: attr.ATTR_GEN_AI_AGENT_NAME, genAi: true },
  workflow: { operation: 'invoke_workflow', nameAttribute: attr.ATTR_GEN_AI_WORKFLOW_NAME, genAi: true },
  task: { operation: 'task', eventType: 'actions' },
  guardrail: { operation: 'guardrail', eventType: 'actions' },
  action: { operation: 'action', eventType: 'actions' },
  tool: {
    operation: 'execute_tool',
    eventType: 'tools',
    nameAttribute: attr.ATTR_GEN_AI_TOOL_NAME,
    genAi: true,
    attributes: { [attr.ATTR_GEN_AI_TOOL_TYPE]: 'function' },
    inputAttribute: attr.ATTR_GEN_AI_TOOL_CALL_ARGUMENTS,
    outputAttribute: attr.ATTR_GEN_AI_TOOL_CALL_RESULT,
  },
} as const satisfies Partial<Record<SpanKindName, SpanKindConvention>>;

/** A kind of span that a helper makes by name. */
export type NamedSpanKind = keyof typeof SPAN_KINDS;

/** Name of a span of `kind` for work called `name`, and the attributes that say so. */
export function namedSpan(kind: NamedSpanKind, name: string): { name: string; attributes: Attributes } {
  const { operation, genAi, nameAttribute, attributes }: SpanKindConvention = SPAN_KINDS[kind];
  return {
    name: `${operation} ${name}`,
    attributes: {
      [attr.ATTR_AGENTOPS_SPAN_KIND]: kind,
      ...(genAi && { [attr.ATTR_GEN_AI_OPERATION_NAME]: operation }),
      ...(nameAttribute !== undefined && { [nameAttribute]: name }),
      ...attributes,
    },
  };
}
