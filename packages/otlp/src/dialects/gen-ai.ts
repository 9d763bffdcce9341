import { Attr, FormerAttr } from '../semconv.ts';
import type { Dialect } from './dialect.ts';

/** OpenTelemetry's GenAI conventions, the current names first. */
export const genAi: Dialect = {
  columns: {
    session_id: [Attr.SESSION_ID],
    agent_id: [Attr.GEN_AI_AGENT_ID],
    agent_name: [Attr.GEN_AI_AGENT_NAME],
    provider: [Attr.GEN_AI_PROVIDER_NAME, FormerAttr.SYSTEM],
    model: [Attr.GEN_AI_RESPONSE_MODEL, Attr.GEN_AI_REQUEST_MODEL],
    input_tokens: [Attr.GEN_AI_USAGE_INPUT_TOKENS, FormerAttr.PROMPT_TOKENS],
    output_tokens: [Attr.GEN_AI_USAGE_OUTPUT_TOKENS, FormerAttr.COMPLETION_TOKENS],
    cache_read_tokens: [Attr.GEN_AI_USAGE_CACHE_READ_INPUT_TOKENS],
    cache_write_tokens: [Attr.GEN_AI_USAGE_CACHE_WRITE_INPUT_TOKENS, FormerAttr.CACHE_CREATION],
    reasoning_tokens: [Attr.GEN_AI_USAGE_REASONING_OUTPUT_TOKENS],
    user_id: [Attr.USER_ID, FormerAttr.ENDUSER_ID],
    conversation_id: [Attr.GEN_AI_CONVERSATION_ID],
  },
  kinds: [
    {
      attribute: Attr.GEN_AI_OPERATION_NAME,
      kinds: new Map([
        ['chat', 'llm'],
        ['text_completion', 'llm'],
        ['generate_content', 'llm'],
        ['embeddings', 'llm'],
        ['invoke_agent', 'agent'],
        ['execute_tool', 'tool'],
        ['invoke_workflow', 'workflow'],
        ['retrieval', 'task'],
      ]),
    },
  ],
};
