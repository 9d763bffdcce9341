/** What a call used, as the provider counted it; what it did not count is absent. */
export interface TokenUsage {
  /** All of them: text, audio, cached or not. */
  readonly inputTokens?: number | undefined;
  /** All of them: text, audio, reasoning. */
  readonly outputTokens?: number | undefined;
  /** Of the input. */
  readonly cacheReadTokens?: number | undefined;
  /** Of the input. */
  readonly cacheWriteTokens?: number | undefined;
  /** Of those written to the cache, what is to stay there for an hour. */
  readonly cacheWriteHourTokens?: number | undefined;
  /** Of the output. */
  readonly reasoningTokens?: number | undefined;
  /** Of the input. */
  readonly inputAudioTokens?: number | undefined;
  /** Of the output. */
  readonly outputAudioTokens?: number | undefined;
}

/** A call, with all that its price depends on. */
export interface PricedCall extends TokenUsage {
  /** As `gen_ai.provider.name` has it. */
  readonly provider?: string | undefined;
  /** That answered. */
  readonly model?: string | undefined;
  /** That was asked for, which may be known by another name. */
  readonly requestedModel?: string | undefined;
  /** What it was served as, in the provider's word: `flex`, `batch`, `priority`. Default: the standard. */
  readonly serviceTier?: string | null | undefined;
}

/** USD. */
export interface Cost {
  readonly input: number;
  readonly output: number;
  /** Both, and what the call costs by itself. */
  readonly total: number;
}
