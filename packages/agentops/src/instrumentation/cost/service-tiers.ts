/** Words of providers for a call that costs what the price list says. */
const STANDARD = new Set(['default', 'standard', 'auto', 'on_demand', 'on-demand']);

/**
 * What the standard price is multiplied by, where a provider says so of all its models. Priority is not here: it costs
 * each model's own amount more.
 */
const DISCOUNTS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  openai: { batch: 0.5, flex: 0.5 },
  'azure.ai.openai': { batch: 0.5 },
  anthropic: { batch: 0.5 },
  'gcp.gemini': { batch: 0.5, flex: 0.5 },
  groq: { batch: 0.5, flex: 1 },
};

/** What a call's standard price is to be multiplied by; undefined where that is not known. */
export function tierFactor(
  tier: string | null | undefined,
  provider: string | undefined,
  own: Readonly<Record<string, number>> = {},
): number | undefined {
  if (tier === undefined || tier === null) return 1;
  const name = tier.toLowerCase();
  return own[name] ?? (STANDARD.has(name) ? 1 : DISCOUNTS[provider ?? '']?.[name]);
}
