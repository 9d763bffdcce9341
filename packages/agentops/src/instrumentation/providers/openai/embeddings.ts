import * as attr from '../../../semconv/attributes.ts';
import type { ProviderMethod } from '../../provider-method.ts';
import { toUsage } from './chat-messages.ts';
import type { EmbeddingsRequest, EmbeddingsResponse } from './wire.ts';

/** `client.embeddings.create`. Neither texts nor vectors are recorded: they are data, not a conversation. */
export const embeddings: ProviderMethod<EmbeddingsRequest, EmbeddingsResponse, never> = {
  path: ['embeddings', 'create'],

  request: ({ model, dimensions, encoding_format }) => ({
    operation: 'embeddings',
    model,
    parameters: {
      [attr.ATTR_GEN_AI_EMBEDDINGS_DIMENSION_COUNT]: dimensions ?? undefined,
      [attr.ATTR_GEN_AI_REQUEST_ENCODING_FORMATS]:
        typeof encoding_format === 'string' ? [encoding_format] : undefined,
    },
  }),

  input: () => ({}),

  response: ({ model, data, usage }) => ({
    model,
    // What a text is worth to a model is all that is counted: there is no output.
    usage: usage ? { ...toUsage(usage), outputTokens: 0 } : undefined,
    attributes: { [attr.ATTR_GEN_AI_EMBEDDINGS_DIMENSION_COUNT]: dimensionsOf(data) },
  }),

  assembler: () => ({ add() {}, response: () => ({}) }),
};

/** Vectors come as numbers, or as the base64 of four-byte floats. */
function dimensionsOf(data: EmbeddingsResponse['data']): number | undefined {
  const vector = data?.[0]?.embedding;
  if (typeof vector === 'string') return Math.floor((vector.replace(/=+$/, '').length * 3) / 4 / 4);
  return Array.isArray(vector) ? vector.length : undefined;
}
