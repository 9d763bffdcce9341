import type { Cost, TokenUsage } from './token-usage.ts';

/** USD for one token of each kind, and for the call itself. */
export interface Rates {
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly cacheWriteHour: number;
  readonly inputAudio: number;
  readonly output: number;
  readonly reasoning: number;
  readonly outputAudio: number;
  readonly call: number;
}

/** How the tokens of a call divide among the kinds that have prices of their own. Each is counted once. */
export type TokenKinds = Omit<Rates, 'call'>;

/** Counts that contradict each other are cut to what the total leaves; audio that was cached counts as cached. */
export function kindsOf(usage: TokenUsage): TokenKinds {
  const { inputTokens = 0, outputTokens = 0 } = usage;
  const cacheRead = Math.min(usage.cacheReadTokens ?? 0, inputTokens);
  const written = Math.min(usage.cacheWriteTokens ?? 0, inputTokens - cacheRead);
  const cacheWriteHour = Math.min(usage.cacheWriteHourTokens ?? 0, written);
  const inputAudio = Math.min(usage.inputAudioTokens ?? 0, inputTokens - cacheRead - written);
  const outputAudio = Math.min(usage.outputAudioTokens ?? 0, outputTokens);
  const reasoning = Math.min(usage.reasoningTokens ?? 0, outputTokens - outputAudio);
  return {
    input: inputTokens - cacheRead - written - inputAudio,
    cacheRead,
    cacheWrite: written - cacheWriteHour,
    cacheWriteHour,
    inputAudio,
    output: outputTokens - outputAudio - reasoning,
    reasoning,
    outputAudio,
  };
}

export function costAt(rates: Rates, kinds: TokenKinds): Cost {
  const input =
    kinds.input * rates.input +
    kinds.cacheRead * rates.cacheRead +
    kinds.cacheWrite * rates.cacheWrite +
    kinds.cacheWriteHour * rates.cacheWriteHour +
    kinds.inputAudio * rates.inputAudio;
  const output =
    kinds.output * rates.output + kinds.reasoning * rates.reasoning + kinds.outputAudio * rates.outputAudio;
  return { input, output, total: input + output + rates.call };
}
