import { calcPrice } from '@pydantic/genai-prices';

/** What a call used, as the provider counted it. `inputTokens` includes cached ones. */
export interface TokenUsage {
  readonly inputTokens?: number | undefined;
  readonly outputTokens?: number | undefined;
  readonly cacheReadTokens?: number | undefined;
  readonly cacheWriteTokens?: number | undefined;
  readonly reasoningTokens?: number | undefined;
}

/** Names of the price list, where they differ from those of the GenAI conventions. */
const PRICE_LIST_NAMES: Readonly<Record<string, string>> = {
  mistral_ai: 'mistral',
  x_ai: 'x-ai',
  moonshot_ai: 'moonshotai',
  'azure.ai.openai': 'azure',
  'azure.ai.inference': 'azure',
  'gcp.gemini': 'google',
  'gcp.gen_ai': 'google',
  'gcp.vertex_ai': 'google',
  'aws.bedrock': 'aws',
};

/** USD. */
export interface Cost {
  readonly input: number;
  readonly output: number;
  readonly total: number;
}

export interface PricedCall extends TokenUsage {
  /** As `gen_ai.provider.name` has it. */
  readonly provider?: string | undefined;
  readonly model?: string | undefined;
}

/** USD for one token of each kind. */
interface Rates {
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly output: number;
}

/**
 * How a model's price is found: `unknown` to the price list, `linear` in tokens, or `varying` (tiers, time of day),
 * which has to be looked up anew for each call.
 */
type Pricing = 'unknown' | 'varying' | Rates;

const MAX_CACHED_MODELS = 1000;
const pricings = new Map<string, Pricing>();

/** The list price of a call; undefined for unknown models and missing counts: never a guess, never 0. */
export function costOf(call: PricedCall): Cost | undefined {
  const { provider, model, inputTokens, outputTokens, cacheReadTokens = 0, cacheWriteTokens = 0 } = call;
  if (model === undefined || inputTokens === undefined || outputTokens === undefined) return undefined;
  const pricing = pricingOf(provider, model);
  if (pricing === 'unknown') return undefined;
  if (pricing === 'varying') return lookUp(call, model);
  const uncached = Math.max(0, inputTokens - cacheReadTokens - cacheWriteTokens);
  const input =
    uncached * pricing.input + cacheReadTokens * pricing.cacheRead + cacheWriteTokens * pricing.cacheWrite;
  const output = outputTokens * pricing.output;
  return { input, output, total: input + output };
}

/** A look-up in the price list costs more than the rest of a span, so each model's rates are worked out once. */
function pricingOf(provider: string | undefined, model: string): Pricing {
  const key = `${provider ?? ''}/${model}`;
  const known = pricings.get(key);
  if (known !== undefined) return known;
  const pricing = findPricing(provider, model);
  if (pricings.size >= MAX_CACHED_MODELS) pricings.clear();
  pricings.set(key, pricing);
  return pricing;
}

function findPricing(provider: string | undefined, model: string): Pricing {
  const million = 1_000_000;
  const options = providerOption(provider);
  const found = calcPrice({ input_tokens: million, output_tokens: million }, model, options);
  if (found === null) return 'unknown';
  const hasTiers = Object.values(found.model_price).some((price) => typeof price === 'object');
  if (hasTiers || Array.isArray(found.model.prices)) return 'varying';
  const inputRate = (usage: Record<string, number>): number =>
    (calcPrice({ input_tokens: million, output_tokens: 0, ...usage }, model, options)?.input_price ?? 0) /
    million;
  return {
    input: found.input_price / million,
    cacheRead: inputRate({ cache_read_tokens: million }),
    cacheWrite: inputRate({ cache_write_tokens: million }),
    output: found.output_price / million,
  };
}

function lookUp(call: PricedCall, model: string): Cost | undefined {
  const found = calcPrice(
    {
      input_tokens: call.inputTokens,
      output_tokens: call.outputTokens,
      cache_read_tokens: call.cacheReadTokens ?? 0,
      cache_write_tokens: call.cacheWriteTokens ?? 0,
    },
    model,
    providerOption(call.provider),
  );
  return found === null
    ? undefined
    : { input: found.input_price, output: found.output_price, total: found.total_price };
}

function providerOption(provider: string | undefined): { providerId?: string } {
  return provider === undefined ? {} : { providerId: PRICE_LIST_NAMES[provider] ?? provider };
}
