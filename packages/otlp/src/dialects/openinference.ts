import { OpenInferenceAttr } from '../semconv.ts';
import type { Dialect } from './dialect.ts';

/** OpenInference. */
export const openInference: Dialect = {
  columns: {
    agent_name: [OpenInferenceAttr.AGENT_NAME],
    provider: [OpenInferenceAttr.PROVIDER, OpenInferenceAttr.SYSTEM],
    model: [
      OpenInferenceAttr.RESPONSE_MODEL_NAME,
      OpenInferenceAttr.MODEL_NAME,
      OpenInferenceAttr.REQUEST_MODEL_NAME,
      OpenInferenceAttr.EMBEDDING_MODEL_NAME,
    ],
    input_tokens: [OpenInferenceAttr.PROMPT_TOKENS],
    output_tokens: [OpenInferenceAttr.COMPLETION_TOKENS],
    cache_read_tokens: [OpenInferenceAttr.CACHE_READ],
    cache_write_tokens: [OpenInferenceAttr.CACHE_WRITE],
    reasoning_tokens: [OpenInferenceAttr.REASONING],
    cost: [OpenInferenceAttr.COST_TOTAL],
  },
  kinds: [
    {
      attribute: OpenInferenceAttr.SPAN_KIND,
      kinds: new Map([
        ['llm', 'llm'],
        ['embedding', 'llm'],
        ['chain', 'workflow'],
        ['agent', 'agent'],
        ['tool', 'tool'],
        ['guardrail', 'guardrail'],
        ['retriever', 'task'],
        ['reranker', 'task'],
        ['evaluator', 'task'],
        ['prompt', 'task'],
        ['decision', 'task'],
      ]),
    },
  ],
  messages: {
    input: OpenInferenceAttr.INPUT_MESSAGES,
    output: OpenInferenceAttr.OUTPUT_MESSAGES,
    role: 'message.role',
    content: 'message.content',
    finishReason: 'message.finish_reason',
    toolCallId: 'message.tool_call_id',
    toolCalls: {
      prefix: 'message.tool_calls.',
      id: 'tool_call.id',
      name: 'tool_call.function.name',
      arguments: 'tool_call.function.arguments',
    },
    functionCall: { name: 'message.function_call_name', arguments: 'message.function_call_arguments_json' },
    contents: {
      prefix: 'message.contents.',
      text: 'message_content.text',
      imageUri: 'message_content.image.image.url',
    },
  },
};
