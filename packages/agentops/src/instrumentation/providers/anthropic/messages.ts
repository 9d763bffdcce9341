import * as attr from '../../../semconv/attributes.ts';
import type { ProviderMethod } from '../../provider-method.ts';
import { MessageAssembler } from './message-assembler.ts';
import { toParts } from './message-parts.ts';
import { toResponse } from './message-response.ts';
import type { MessageEvent, MessageResponse, MessagesRequest } from './wire.ts';

/** `client.messages.create`, which `stream` and `parse` go through as well. */
export const messages: ProviderMethod<MessagesRequest, MessageResponse, MessageEvent> = {
  path: ['messages', 'create'],

  request: (body) => ({
    operation: 'chat',
    model: body.model,
    stream: body.stream === true,
    parameters: {
      [attr.ATTR_GEN_AI_REQUEST_MAX_TOKENS]: body.max_tokens,
      [attr.ATTR_GEN_AI_REQUEST_TEMPERATURE]: body.temperature,
      [attr.ATTR_GEN_AI_REQUEST_TOP_P]: body.top_p,
      [attr.ATTR_GEN_AI_REQUEST_TOP_K]: body.top_k,
      [attr.ATTR_GEN_AI_REQUEST_STOP_SEQUENCES]: body.stop_sequences && [...body.stop_sequences],
      [attr.ATTR_GEN_AI_OUTPUT_TYPE]: body.output_config?.format?.type.startsWith('json')
        ? 'json'
        : undefined,
    },
  }),

  input: ({ system, messages: list, tools }) => ({
    systemInstructions: toParts(system),
    messages: list?.map(({ role, content }) => ({ role, parts: toParts(content) })) ?? [],
    toolDefinitions:
      tools?.map(({ input_schema, ...tool }) => ({ type: 'function', ...tool, parameters: input_schema })) ??
      [],
  }),

  response: toResponse,

  assembler: (keepsContent) => new MessageAssembler(keepsContent),
};

/** `client.beta.messages.create` speaks the same language. */
export const betaMessages: typeof messages = { ...messages, path: ['beta', 'messages', 'create'] };
