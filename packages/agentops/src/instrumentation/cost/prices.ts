import type { ModelPrice } from '../../config/price-options.ts';
import { OwnPrices } from './own-prices.ts';
import { listPrice, type Price } from './price-list.ts';
import { costAt, kindsOf } from './rates.ts';
import { tierFactor } from './service-tiers.ts';
import type { Cost, PricedCall } from './token-usage.ts';

const MAX_MODELS = 1000;

/** Knows what calls cost: by the user's prices, else by the price list. A model is looked up once. */
export class Prices {
  readonly #own: OwnPrices;
  readonly #tell: (message: string) => void;
  readonly #known = new Map<string, Price | 'unknown'>();

  /** @param tell Told once of each model that has no price. */
  constructor(own: readonly ModelPrice[] = [], tell: (message: string) => void = () => {}) {
    this.#own = new OwnPrices(own);
    this.#tell = tell;
  }

  /** Undefined for unknown models, unknown service tiers and missing counts: never a guess, and never 0 for them. */
  costOf(call: PricedCall): Cost | undefined {
    const { model, requestedModel, inputTokens, outputTokens } = call;
    if (inputTokens === undefined || outputTokens === undefined) return undefined;
    const name = model ?? requestedModel;
    if (name === undefined) return undefined;
    const price = this.#priceOf(call, name);
    return price === 'unknown' ? undefined : price(call);
  }

  #priceOf(call: PricedCall, name: string): Price | 'unknown' {
    const { provider = '', requestedModel = '', serviceTier } = call;
    const key = `${provider}\n${name}\n${requestedModel}\n${serviceTier ?? ''}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const price = this.#find(call, name);
    if (price === undefined) this.#tellUnknown(call, name);
    if (this.#known.size >= MAX_MODELS) this.#known.clear();
    this.#known.set(key, price ?? 'unknown');
    return price ?? 'unknown';
  }

  /** A model may be known by the name that was asked for and not by the dated one that answered, or the other way round. */
  #find({ provider, requestedModel = '', serviceTier }: PricedCall, name: string): Price | undefined {
    const own = this.#own.of(provider, name) ?? this.#own.of(provider, requestedModel);
    const factor = tierFactor(serviceTier, provider, own?.tiers);
    if (factor === undefined) return undefined;
    const price: Price | undefined =
      own === undefined
        ? (listPrice(provider, name) ??
          (requestedModel === '' ? undefined : listPrice(provider, requestedModel)))
        : (usage) => costAt(own.rates, kindsOf(usage));
    if (price === undefined || factor === 1) return price;
    return (usage) => times(factor, price(usage));
  }

  #tellUnknown({ provider, serviceTier }: PricedCall, name: string): void {
    const tier = serviceTier ? `, served as ${serviceTier}` : '';
    const of = provider === undefined ? '' : ` of ${provider}`;
    this.#tell(
      `no price is known for the model ${name}${of}${tier}: its calls have no cost; one can be given in prices`,
    );
  }
}

function times(factor: number, cost: Cost | undefined): Cost | undefined {
  if (cost === undefined) return undefined;
  return { input: cost.input * factor, output: cost.output * factor, total: cost.total * factor };
}
