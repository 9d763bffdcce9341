import type { Attributes } from '@opentelemetry/api';
import * as attr from '../../semconv/attributes.ts';
import { foreignEventType } from '../../semconv/foreign-event-type.ts';
import type { Prices } from './prices.ts';
import type { Cost } from './token-usage.ts';

/**
 * What a call costs that a framework or another instrumentation has recorded, by what its span says in the names of the
 * GenAI conventions. Undefined for what is no call of a model, and for one that has a cost.
 */
export function foreignCost(prices: Prices, attributes: Attributes): Cost | undefined {
  if (foreignEventType(attributes) !== 'llms') return undefined;
  if (attributes[attr.ATTR_AGENTOPS_COST_TOTAL] !== undefined) return undefined;
  const isEmbedding = attributes[attr.ATTR_GEN_AI_OPERATION_NAME] === 'embeddings';
  return prices.costOf({
    provider: text(attributes[attr.ATTR_GEN_AI_PROVIDER_NAME]),
    model: text(attributes[attr.ATTR_GEN_AI_RESPONSE_MODEL]),
    requestedModel: text(attributes[attr.ATTR_GEN_AI_REQUEST_MODEL]),
    inputTokens: count(attributes[attr.ATTR_GEN_AI_USAGE_INPUT_TOKENS]),
    outputTokens: count(attributes[attr.ATTR_GEN_AI_USAGE_OUTPUT_TOKENS]) ?? (isEmbedding ? 0 : undefined),
    cacheReadTokens: count(attributes[attr.ATTR_GEN_AI_USAGE_CACHE_READ_INPUT_TOKENS]),
    cacheWriteTokens: count(
      attributes[attr.ATTR_GEN_AI_USAGE_CACHE_WRITE_INPUT_TOKENS] ??
        attributes[attr.ATTR_GEN_AI_USAGE_CACHE_CREATION_INPUT_TOKENS],
    ),
    reasoningTokens: count(attributes[attr.ATTR_GEN_AI_USAGE_REASONING_OUTPUT_TOKENS]),
  });
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function count(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
