import * as attr from '../../../semconv/attributes.ts';
import { textPart } from '../../messages.ts';
import type { ProviderMethod } from '../../provider-method.ts';
import { ResponsesAssembler } from './responses-assembler.ts';
import { toLlmResponse, toMessages } from './responses-messages.ts';
import type { ResponseDocument, ResponseEvent, ResponsesRequest } from './responses-wire.ts';

/** `client.responses.create`, which `parse` and `stream` go through as well. */
export const responses: ProviderMethod<ResponsesRequest, ResponseDocument, ResponseEvent> = {
  path: ['responses', 'create'],

  request: (body) => ({
    operation: 'chat',
    model: body.model,
    stream: body.stream === true,
    parameters: {
      [attr.ATTR_GEN_AI_REQUEST_MAX_TOKENS]: body.max_output_tokens ?? undefined,
      [attr.ATTR_GEN_AI_REQUEST_TEMPERATURE]: body.temperature ?? undefined,
      [attr.ATTR_GEN_AI_REQUEST_TOP_P]: body.top_p ?? undefined,
      [attr.ATTR_GEN_AI_OUTPUT_TYPE]: body.text?.format?.type?.startsWith('json') ? 'json' : undefined,
      [attr.ATTR_OPENAI_REQUEST_SERVICE_TIER]: body.service_tier ?? undefined,
    },
  }),

  input: ({ input = [], instructions, tools }) => ({
    messages: typeof input === 'string' ? [{ role: 'user', parts: [textPart(input)] }] : toMessages(input),
    ...(typeof instructions === 'string' && { systemInstructions: [textPart(instructions)] }),
    toolDefinitions: tools ?? [],
  }),

  response: toLlmResponse,

  assembler: (content) => new ResponsesAssembler(content),
};
