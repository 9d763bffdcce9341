import { calcPrice, type PriceCalculation, type PriceOptions } from '@pydantic/genai-prices';
import { costAt, kindsOf, type Rates, type TokenKinds } from './rates.ts';
import type { Cost, TokenUsage } from './token-usage.ts';

/** What a call costs by a model's price. */
export type Price = (usage: TokenUsage) => Cost | undefined;

/** Names of the price list, where they differ from those of the GenAI conventions. */
const LISTED_NAMES: Readonly<Record<string, string>> = {
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

const MILLION = 1_000_000;

/** The list price of a model; undefined where the list does not have it. Takes longer than the rest of a span does. */
export function listPrice(provider: string | undefined, model: string): Price | undefined {
  const options = provider === undefined ? {} : { providerId: LISTED_NAMES[provider] ?? provider };
  const found = calcPrice({ input_tokens: MILLION, output_tokens: MILLION }, model, options);
  if (found === null) return undefined;
  // From here on there is one model to look among.
  const alone: PriceOptions = { provider: { ...found.provider, models: [found.model] } };
  const ask: Ask = (kinds) => calcPrice(toListed(kinds), model, alone);
  // Prices that change with the date or the time of day have to be asked for each call.
  if (Array.isArray(found.model.prices)) return (usage) => toCost(ask(kindsOf(usage)));
  const steps = stepsOf(found).map((start) => ({ start, rates: ratesFor(ask, start + 1) }));
  const first = ratesFor(ask, steps[0]?.start ?? MILLION);
  return (usage) => {
    const { inputTokens = 0 } = usage;
    const { rates } = steps.findLast(({ start }) => inputTokens > start) ?? { rates: first };
    return costAt(rates, kindsOf(usage));
  };
}

type Ask = (kinds: Partial<TokenKinds>) => PriceCalculation | null;

/** The counts of input tokens beyond which all tokens of a call have another price. */
function stepsOf({ model_price }: PriceCalculation): number[] {
  const tiered = Object.values(model_price).filter((price) => typeof price === 'object');
  const starts = tiered.flatMap(({ tiers }) => tiers.map(({ start }) => start));
  return [...new Set(starts)].sort((a, b) => a - b);
}

/** What tokens of each kind cost in a call of so many input tokens. */
function ratesFor(ask: Ask, inputTokens: number): Rates {
  const inputRate = (kind: keyof TokenKinds) =>
    (ask({ [kind]: inputTokens })?.input_price ?? 0) / inputTokens;
  const outputRate = (kind: keyof TokenKinds) =>
    (ask({ input: inputTokens, [kind]: MILLION })?.output_price ?? 0) / MILLION;
  return {
    input: inputRate('input'),
    cacheRead: inputRate('cacheRead'),
    cacheWrite: inputRate('cacheWrite'),
    cacheWriteHour: inputRate('cacheWriteHour'),
    inputAudio: inputRate('inputAudio'),
    output: outputRate('output'),
    reasoning: outputRate('reasoning'),
    outputAudio: outputRate('outputAudio'),
    call: ask({})?.total_price ?? 0,
  };
}

/** The list counts as the conventions do: totals, and of these what is cached, audio or reasoning. */
function toListed(kinds: Partial<TokenKinds>): Record<string, number> {
  const { input = 0, cacheRead = 0, cacheWrite = 0, cacheWriteHour = 0, inputAudio = 0 } = kinds;
  const { output = 0, reasoning = 0, outputAudio = 0 } = kinds;
  return {
    input_tokens: input + cacheRead + cacheWrite + cacheWriteHour + inputAudio,
    cache_read_tokens: cacheRead,
    cache_write_tokens: cacheWrite + cacheWriteHour,
    cache_write_1h_tokens: cacheWriteHour,
    input_audio_tokens: inputAudio,
    cache_audio_read_tokens: 0,
    cache_audio_write_tokens: 0,
    output_tokens: output + reasoning + outputAudio,
    output_reasoning_tokens: reasoning,
    output_audio_tokens: outputAudio,
    output_audio_reasoning_tokens: 0,
  };
}

function toCost(found: PriceCalculation | null): Cost | undefined {
  return found === null
    ? undefined
    : { input: found.input_price, output: found.output_price, total: found.total_price };
}
