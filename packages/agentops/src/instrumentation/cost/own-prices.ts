import type { ModelPrice } from '../../config/price-options.ts';
import { compileGlob } from '../../glob.ts';
import type { Rates } from './rates.ts';

/** A price of the user's own. */
export interface OwnPrice {
  readonly rates: Rates;
  /** What all of it is multiplied by, by service tier. */
  readonly tiers: Readonly<Record<string, number>>;
}

/** The user's prices: the first that fits a model holds. */
export class OwnPrices {
  readonly #rows: readonly {
    readonly fits: (provider: string | undefined, model: string) => boolean;
    readonly price: OwnPrice;
  }[];

  constructor(prices: readonly ModelPrice[]) {
    this.#rows = prices.map(({ model, provider, ...price }) => {
      const isModel = compileGlob(model);
      return {
        fits: (asked, name) => (provider === undefined || asked === provider) && isModel(name),
        price: { rates: ratesOf(price), tiers: price.tiers ?? {} },
      };
    });
  }

  of(provider: string | undefined, model: string): OwnPrice | undefined {
    return this.#rows.find(({ fits }) => fits(provider, model))?.price;
  }
}

/** Given for a million tokens; what is left out costs what it is a part of. */
function ratesOf(price: Omit<ModelPrice, 'model' | 'provider'>): Rates {
  const { input, output, cacheRead = input, cacheWrite = input, cacheWriteHour = cacheWrite } = price;
  const { inputAudio = input, reasoning = output, outputAudio = output } = price;
  const million = 1_000_000;
  return {
    input: input / million,
    cacheRead: cacheRead / million,
    cacheWrite: cacheWrite / million,
    cacheWriteHour: cacheWriteHour / million,
    inputAudio: inputAudio / million,
    output: output / million,
    reasoning: reasoning / million,
    outputAudio: outputAudio / million,
    call: 0,
  };
}
