import { z } from 'zod';
import type { ModelPrice } from '../price-options.ts';
import type { Shape } from './exporters.ts';
import { text } from './values.ts';

const usd = z.number({ error: 'expected USD for a million tokens, 0 or more' }).min(0);
const factor = z.number({ error: 'expected a factor, 0 or more' }).min(0);

export const modelPrice = z.strictObject({
  model: text.describe("The model's name; * stands for any characters."),
  provider: text
    .optional()
    .describe('Only where this provider serves it, such as openai. Default: whoever does.'),
  input: usd.describe('USD for a million tokens, as all of these.'),
  output: usd,
  cacheRead: usd.optional().describe('Input read from the cache. Default: input.'),
  cacheWrite: usd.optional().describe('Input written to the cache. Default: input.'),
  cacheWriteHour: usd.optional().describe('The same, to stay there for an hour. Default: cache_write.'),
  reasoning: usd.optional().describe('Output that the model has thought. Default: output.'),
  inputAudio: usd.optional().describe('Default: input.'),
  outputAudio: usd.optional().describe('Default: output.'),
  tiers: z
    .record(z.string(), factor)
    .optional()
    .describe('What all of it is multiplied by, by service tier, such as {batch: 0.5, priority: 2}.'),
} satisfies Shape<ModelPrice>);

/** `house-*=2.5/10`: a model, and what its input and output cost. */
const SHORT = /^(.+)=(\d+(?:\.\d+)?)\/(\d+(?:\.\d+)?)$/;

/** Prices as one text can give them; undefined where it does not. */
export function pricesIn(items: readonly string[]): unknown {
  const prices = items.map((item) => {
    const [, model, input, output] = SHORT.exec(item) ?? [];
    return model === undefined ? undefined : { model, input: Number(input), output: Number(output) };
  });
  return prices.includes(undefined) ? undefined : prices;
}
