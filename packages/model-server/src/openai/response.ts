import type { NextId } from '../ids.ts';
import type { JsonObject } from '../json.ts';
import type { Turn, TurnChoice } from '../turn.ts';
import type { Usage } from '../usage.ts';

/** An item of a response's output. */
export interface OutputItem extends JsonObject {
  id: string;
  type: 'message' | 'function_call' | 'reasoning';
}

/** A turn as a `response`. */
export interface ResponseDocument extends JsonObject {
  output: OutputItem[];
}

/** What a response says where the model stopped before it was done. */
const INCOMPLETE = { length: 'max_output_tokens', content_filter: 'content_filter' } as const;

export function response({ id, model, choices, usage }: Turn, nextId: NextId): ResponseDocument {
  const choice = choices[0] as TurnChoice;
  const { finishReason } = choice;
  const isCut = finishReason === 'length' || finishReason === 'content_filter';
  return {
    id,
    object: 'response',
    created_at: Math.floor(Date.now() / 1000),
    status: isCut ? 'incomplete' : 'completed',
    error: null,
    incomplete_details: isCut ? { reason: INCOMPLETE[finishReason] } : null,
    instructions: null,
    metadata: {},
    model,
    output: outputItems(choice, isCut ? 'incomplete' : 'completed', nextId),
    parallel_tool_calls: true,
    temperature: 1,
    tool_choice: 'auto',
    tools: [],
    top_p: 1,
    usage: responseUsage(usage),
  };
}

function outputItems(
  { thinking, text, refusal, toolCalls }: TurnChoice,
  status: string,
  nextId: NextId,
): OutputItem[] {
  const summary = [{ type: 'summary_text', text: thinking }];
  const content =
    refusal === null
      ? [{ type: 'output_text', text, annotations: [], logprobs: [] }]
      : [{ type: 'refusal', refusal }];
  return [
    ...(thinking === '' ? [] : [{ id: nextId('rs_'), type: 'reasoning' as const, summary }]),
    ...toolCalls.map(({ id, name, arguments: text }) => ({
      id: nextId('fc_'),
      type: 'function_call' as const,
      status,
      call_id: id,
      name,
      arguments: text,
    })),
    ...(text === null && refusal === null
      ? []
      : [{ id: nextId('msg_'), type: 'message' as const, status, role: 'assistant', content }]),
  ];
}

function responseUsage(usage: Usage): JsonObject {
  return {
    input_tokens: usage.inputTokens,
    input_tokens_details: {
      cached_tokens: usage.cachedInputTokens,
      cache_write_tokens: usage.cacheWriteTokens,
    },
    output_tokens: usage.outputTokens,
    output_tokens_details: { reasoning_tokens: usage.reasoningTokens },
    total_tokens: usage.inputTokens + usage.outputTokens,
  };
}
