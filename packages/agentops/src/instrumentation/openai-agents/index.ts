import type { AgentsTracingOptions, AgentsTracingProcessor } from './shapes.ts';
import { OpenAIAgentsProcessor } from './tracing-processor.ts';

export type { AgentsSpan, AgentsTrace, AgentsTracingOptions, AgentsTracingProcessor } from './shapes.ts';

/**
 * A tracing processor for the OpenAI Agents SDK (`@openai/agents`): its runs become spans of the session they are called
 * in. Given to `setTraceProcessors`, it takes the place of the upload to OpenAI; to `addTraceProcessor`, it stands
 * beside it. May be made before `init`.
 */
export function agentopsTracingProcessor(options: AgentsTracingOptions): AgentsTracingProcessor {
  return new OpenAIAgentsProcessor(options);
}
