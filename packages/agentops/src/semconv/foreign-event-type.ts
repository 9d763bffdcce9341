import type { Attributes } from '@opentelemetry/api';
import * as attr from './attributes.ts';
import type { EventType } from './span-kinds.ts';

const LLM_OPERATIONS = new Set(['chat', 'text_completion', 'generate_content', 'embeddings']);

/** What a span of another instrumentation counts as. */
export function foreignEventType(attributes: Attributes): EventType | undefined {
  const operation = attributes[attr.ATTR_GEN_AI_OPERATION_NAME];
  if (typeof operation !== 'string') return undefined;
  if (operation === 'execute_tool') return 'tools';
  return LLM_OPERATIONS.has(operation) ? 'llms' : undefined;
}
