import type { JsonObject } from '../json.ts';
import type { FinishReason } from '../reply.ts';
import type { Turn, TurnChoice } from '../turn.ts';
import type { Usage } from '../usage.ts';

/** OpenAI's words for why the model stopped. */
export const finishReasons = {
  stop: 'stop',
  length: 'length',
  tool_calls: 'tool_calls',
  content_filter: 'content_filter',
  refusal: 'stop',
} as const satisfies Record<FinishReason, string>;

/** A turn as a `chat.completion`. */
export function completion(turn: Turn): JsonObject {
  return {
    ...completionHead(turn, 'chat.completion'),
    choices: turn.choices.map((choice, index) => ({
      index,
      message: message(choice),
      logprobs: null,
      finish_reason: finishReasons[choice.finishReason],
    })),
    usage: completionUsage(turn.usage),
  };
}

/** What a completion and each chunk of one begin with. */
export function completionHead({ id, model }: Turn, object: string): JsonObject {
  const created = Math.floor(Date.now() / 1000);
  return { id, object, created, model, service_tier: 'default', system_fingerprint: 'fp_model_server' };
}

/** The counts in OpenAI's form. */
export function completionUsage(usage: Usage): JsonObject {
  return {
    prompt_tokens: usage.inputTokens,
    completion_tokens: usage.outputTokens,
    total_tokens: usage.inputTokens + usage.outputTokens,
    prompt_tokens_details: {
      cached_tokens: usage.cachedInputTokens,
      cache_write_tokens: usage.cacheWriteTokens,
      audio_tokens: 0,
    },
    completion_tokens_details: {
      reasoning_tokens: usage.reasoningTokens,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}

function message({ text, refusal, toolCalls }: TurnChoice): JsonObject {
  const calls = toolCalls.map(({ id, name, arguments: text }) => ({
    id,
    type: 'function',
    function: { name, arguments: text },
  }));
  return {
    role: 'assistant',
    content: text,
    refusal,
    annotations: [],
    ...(calls.length > 0 && { tool_calls: calls }),
  };
}
