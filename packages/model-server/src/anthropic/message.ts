import type { JsonObject } from '../json.ts';
import type { FinishReason } from '../reply.ts';
import type { Turn, TurnChoice } from '../turn.ts';
import type { Usage } from '../usage.ts';
import { contentBlocks } from './content.ts';

const stopReasons = {
  stop: 'end_turn',
  length: 'max_tokens',
  tool_calls: 'tool_use',
  content_filter: 'refusal',
  refusal: 'refusal',
} as const satisfies Record<FinishReason, string>;

/** A turn as a `message`. */
export function message(turn: Turn): JsonObject {
  const choice = onlyChoice(turn);
  return {
    ...messageHead(turn),
    content: contentBlocks(choice).map(({ block }) => block()),
    ...stop(choice),
    usage: messageUsage(turn.usage),
  };
}

/** A message before anything of it has been said. */
export function messageHead({ id, model }: Turn): JsonObject {
  return {
    id,
    type: 'message',
    role: 'assistant',
    model,
    content: [],
    container: null,
    diagnostics: null,
    stop_reason: null,
    stop_sequence: null,
    stop_details: null,
  };
}

/** How and why a message stopped. */
export function stop({ finishReason, refusal }: TurnChoice): JsonObject {
  const stop_reason = stopReasons[finishReason];
  const stop_details =
    stop_reason === 'refusal' ? { type: 'refusal', category: null, explanation: refusal } : null;
  return { stop_reason, stop_sequence: null, stop_details };
}

/** The counts in Anthropic's form, whose `input_tokens` are those that had nothing to do with the cache. */
export function messageCounts(usage: Usage): JsonObject {
  return {
    input_tokens: usage.inputTokens - usage.cachedInputTokens - usage.cacheWriteTokens,
    cache_creation_input_tokens: usage.cacheWriteTokens,
    cache_read_input_tokens: usage.cachedInputTokens,
    output_tokens: usage.outputTokens,
    output_tokens_details: { thinking_tokens: usage.reasoningTokens },
    server_tool_use: null,
  };
}

/** The counts, and how the request was served. */
export function messageUsage(usage: Usage): JsonObject {
  return {
    ...messageCounts(usage),
    cache_creation: { ephemeral_5m_input_tokens: usage.cacheWriteTokens, ephemeral_1h_input_tokens: 0 },
    service_tier: 'standard',
    inference_geo: null,
    speed: null,
  };
}

/** The protocol knows one choice, so that a turn here has one. */
export function onlyChoice({ choices }: Turn): TurnChoice {
  return choices[0]!;
}
