/** What a model costs, in USD for a million tokens. What is left out costs what it is a part of. */
export interface ModelPrice {
  /** The model's name, as it is asked for or as it answers; `*` stands for any characters. */
  readonly model: string;
  /** Only where this provider serves it, by its `gen_ai.provider.name`. Default: whoever does. */
  readonly provider?: string | undefined;
  readonly input: number;
  readonly output: number;
  /** Input that was read from the cache. Default: `input`. */
  readonly cacheRead?: number | undefined;
  /** Input that was written to the cache. Default: `input`. */
  readonly cacheWrite?: number | undefined;
  /** The same, to stay there for an hour. Default: `cacheWrite`. */
  readonly cacheWriteHour?: number | undefined;
  /** Output that the model has thought. Default: `output`. */
  readonly reasoning?: number | undefined;
  /** Default: `input`. */
  readonly inputAudio?: number | undefined;
  /** Default: `output`. */
  readonly outputAudio?: number | undefined;
  /**
   * What all of it is multiplied by for a service tier, by the provider's word for it: `{ batch: 0.5, priority: 2 }`.
   * Default: the provider's discount for batch and flex, where it has the same for all models.
   */
  readonly tiers?: Readonly<Record<string, number>> | undefined;
}
