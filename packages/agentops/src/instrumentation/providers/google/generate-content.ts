import * as attr from '../../../semconv/attributes.ts';
import type { ProviderMethod } from '../../provider-method.ts';
import { toMessages, toParts } from './contents.ts';
import { GenerateAssembler } from './generate-assembler.ts';
import { toLlmResponse } from './generate-response.ts';
import type { EmbedRequest, EmbedResponse, GenerateRequest, GenerateResponse } from './wire.ts';

/**
 * What `client.models.generateContent` sends each of its requests by: one that calls functions by itself sends several,
 * and each is a call of the model.
 */
export const generateContent: ProviderMethod<GenerateRequest, GenerateResponse, GenerateResponse> = {
  path: ['models', 'generateContentInternal'],

  request: ({ model, config = {} }) => ({
    operation: 'generate_content',
    model,
    parameters: {
      [attr.ATTR_GEN_AI_REQUEST_MAX_TOKENS]: config.maxOutputTokens,
      [attr.ATTR_GEN_AI_REQUEST_TEMPERATURE]: config.temperature,
      [attr.ATTR_GEN_AI_REQUEST_TOP_P]: config.topP,
      [attr.ATTR_GEN_AI_REQUEST_TOP_K]: config.topK,
      [attr.ATTR_GEN_AI_REQUEST_SEED]: config.seed,
      [attr.ATTR_GEN_AI_REQUEST_STOP_SEQUENCES]: config.stopSequences && [...config.stopSequences],
      [attr.ATTR_GEN_AI_REQUEST_FREQUENCY_PENALTY]: config.frequencyPenalty,
      [attr.ATTR_GEN_AI_REQUEST_PRESENCE_PENALTY]: config.presencePenalty,
      [attr.ATTR_GEN_AI_REQUEST_CHOICE_COUNT]: config.candidateCount,
      [attr.ATTR_GEN_AI_OUTPUT_TYPE]: config.responseMimeType?.endsWith('json') ? 'json' : undefined,
    },
  }),

  input: ({ contents, config }) => ({
    messages: toMessages(contents),
    systemInstructions: toParts(config?.systemInstruction),
    toolDefinitions:
      config?.tools?.flatMap(({ functionDeclarations = [] }) =>
        functionDeclarations.map((declaration) => ({ type: 'function', ...declaration })),
      ) ?? [],
  }),

  response: toLlmResponse,

  assembler: (content) => new GenerateAssembler(content),
};

/** The same for `client.models.generateContentStream`. */
export const generateContentStream: typeof generateContent = {
  ...generateContent,
  path: ['models', 'generateContentStreamInternal'],
  request: (body) => ({ ...generateContent.request(body), stream: true }),
};

/** `client.models.embedContent`. Neither texts nor vectors are recorded; the API counts no tokens. */
export const embedContent: ProviderMethod<EmbedRequest, EmbedResponse, never> = {
  path: ['models', 'embedContentInternal'],

  request: ({ model, config }) => ({
    operation: 'embeddings',
    model,
    parameters: { [attr.ATTR_GEN_AI_EMBEDDINGS_DIMENSION_COUNT]: config?.outputDimensionality },
  }),

  input: () => ({}),

  response: ({ embeddings }) => ({
    attributes: { [attr.ATTR_GEN_AI_EMBEDDINGS_DIMENSION_COUNT]: embeddings?.[0]?.values?.length },
  }),

  assembler: () => ({ add() {}, response: () => ({}) }),
};
