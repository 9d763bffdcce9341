import * as attr from '../../../semconv/attributes.ts';
import type { ProviderMethod } from '../../provider-method.ts';
import { ChatAssembler } from './chat-assembler.ts';
import { servedAs, toMessage, toUsage } from './chat-messages.ts';
import { includeUsage } from './include-usage.ts';
import type { ChatChunk, ChatCompletion, ChatRequest } from './wire.ts';

/** `client.chat.completions.create`, which `parse`, `stream` and `runTools` go through as well. */
export const chatCompletions: ProviderMethod<ChatRequest, ChatCompletion, ChatChunk> = {
  path: ['chat', 'completions', 'create'],

  request: (body) => ({
    operation: 'chat',
    model: body.model,
    stream: body.stream === true,
    parameters: {
      [attr.ATTR_GEN_AI_REQUEST_MAX_TOKENS]: body.max_completion_tokens ?? body.max_tokens ?? undefined,
      [attr.ATTR_GEN_AI_REQUEST_TEMPERATURE]: body.temperature ?? undefined,
      [attr.ATTR_GEN_AI_REQUEST_TOP_P]: body.top_p ?? undefined,
      [attr.ATTR_GEN_AI_REQUEST_SEED]: body.seed ?? undefined,
      [attr.ATTR_GEN_AI_REQUEST_STOP_SEQUENCES]:
        typeof body.stop === 'string' ? [body.stop] : toArray(body.stop),
      [attr.ATTR_GEN_AI_REQUEST_FREQUENCY_PENALTY]: body.frequency_penalty ?? undefined,
      [attr.ATTR_GEN_AI_REQUEST_PRESENCE_PENALTY]: body.presence_penalty ?? undefined,
      [attr.ATTR_GEN_AI_REQUEST_CHOICE_COUNT]: body.n !== 1 ? (body.n ?? undefined) : undefined,
      [attr.ATTR_GEN_AI_OUTPUT_TYPE]: body.response_format?.type?.startsWith('json') ? 'json' : undefined,
      [attr.ATTR_OPENAI_REQUEST_SERVICE_TIER]: body.service_tier ?? undefined,
    },
  }),

  input: ({ messages, tools }) => ({
    messages: messages?.map((message) => toMessage(message)) ?? [],
    toolDefinitions: tools?.map(({ type, function: fn, custom }) => ({ type, ...fn, ...custom })) ?? [],
  }),

  response: ({ id, model, choices, usage, service_tier }, content) => ({
    id,
    model,
    usage: toUsage(usage),
    ...servedAs(service_tier),
    finishReasons: choices?.flatMap(({ finish_reason }) => finish_reason ?? []) ?? [],
    ...(content && {
      messages:
        choices?.flatMap(({ message, finish_reason }) =>
          message ? toMessage(message, finish_reason) : [],
        ) ?? [],
    }),
  }),

  assembler: (content) => new ChatAssembler(content),

  streamUsage: includeUsage,
};

function toArray(values: readonly string[] | null | undefined): string[] | undefined {
  return values === null || values === undefined ? undefined : [...values];
}
