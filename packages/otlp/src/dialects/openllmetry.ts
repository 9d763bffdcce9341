import { OpenLlmetryAttr } from '../semconv.ts';
import type { Dialect } from './dialect.ts';

const requestTypes = new Map([
  ['chat', 'llm'],
  ['completion', 'llm'],
  ['embedding', 'llm'],
]);

/** OpenLLMetry, and the AgentOps SDK for Python where it follows it. */
export const openLlmetry: Dialect = {
  columns: {
    session_id: [OpenLlmetryAttr.SESSION_ID],
    cache_read_tokens: [OpenLlmetryAttr.CACHE_READ],
    cache_write_tokens: [OpenLlmetryAttr.CACHE_CREATION],
    reasoning_tokens: [OpenLlmetryAttr.REASONING],
    cost: [OpenLlmetryAttr.COST],
    user_id: [OpenLlmetryAttr.USER_ID, OpenLlmetryAttr.USER],
    conversation_id: [OpenLlmetryAttr.CONVERSATION_ID],
  },
  kinds: [
    {
      attribute: OpenLlmetryAttr.SPAN_KIND,
      kinds: new Map([
        ['workflow', 'workflow'],
        ['task', 'task'],
        ['agent', 'agent'],
        ['tool', 'tool'],
      ]),
    },
    { attribute: OpenLlmetryAttr.REQUEST_TYPE, kinds: requestTypes },
    { attribute: OpenLlmetryAttr.GEN_AI_REQUEST_TYPE, kinds: requestTypes },
  ],
  agentSpanName: OpenLlmetryAttr.ENTITY_NAME,
  messages: {
    input: OpenLlmetryAttr.PROMPT,
    output: OpenLlmetryAttr.COMPLETION,
    role: 'role',
    content: 'content',
    finishReason: 'finish_reason',
    toolCallId: 'tool_call_id',
    toolCalls: { prefix: 'tool_calls.', id: 'id', name: 'name', arguments: 'arguments' },
    functionCall: { name: 'function_call.name', arguments: 'function_call.arguments' },
  },
};
