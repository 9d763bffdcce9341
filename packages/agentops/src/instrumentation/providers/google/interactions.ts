import * as attr from '../../../semconv/attributes.ts';
import { textPart } from '../../messages.ts';
import type { ProviderMethod } from '../../provider-method.ts';
import { InteractionAssembler } from './interaction-assembler.ts';
import { inputMessages, toLlmResponse } from './interaction-messages.ts';
import type { Interaction, InteractionEvent, InteractionRequest } from './interaction-wire.ts';

/** `client.interactions.create`, with a model or an agent. */
export const interactions: ProviderMethod<InteractionRequest, Interaction, InteractionEvent> = {
  path: ['interactions', 'create'],

  request: ({ model, agent, stream, generation_config: config = {} }) => ({
    operation: 'generate_content',
    model: model ?? agent,
    stream: stream === true,
    parameters: {
      [attr.ATTR_GEN_AI_REQUEST_MAX_TOKENS]: config.max_output_tokens,
      [attr.ATTR_GEN_AI_REQUEST_TEMPERATURE]: config.temperature,
      [attr.ATTR_GEN_AI_REQUEST_TOP_P]: config.top_p,
      [attr.ATTR_GEN_AI_REQUEST_SEED]: config.seed,
      [attr.ATTR_GEN_AI_REQUEST_STOP_SEQUENCES]: config.stop_sequences && [...config.stop_sequences],
    },
  }),

  input: ({ input, system_instruction, tools = [] }) => ({
    messages: inputMessages(input),
    ...(system_instruction !== undefined && { systemInstructions: [textPart(system_instruction)] }),
    toolDefinitions: tools,
  }),

  response: toLlmResponse,

  assembler: (content) => new InteractionAssembler(content),
};
