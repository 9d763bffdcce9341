import type { Attributes } from '@opentelemetry/api';
import * as attr from '../semconv/attributes.ts';

/** Tokens of LLM calls. `input` includes cached tokens. */
export interface SessionTokens {
  input: number;
  output: number;
  cache_read: number;
  cache_write: number;
  reasoning: number;
  total: number;
}

/** Adds up what calls have used: those of a session, or those below an agent. */
export class UsageTotals {
  readonly tokens: SessionTokens = {
    input: 0,
    output: 0,
    cache_read: 0,
    cache_write: 0,
    reasoning: 0,
    total: 0,
  };
  /** USD; null until one call has a known cost. */
  cost: number | null = null;
  readonly #above: UsageTotals | undefined;

  /** @param above What this is a part of. */
  constructor(above?: UsageTotals) {
    this.#above = above;
  }

  /** Adds what the attributes of a call's span say, here and above. */
  add(attributes: Attributes): void {
    const { tokens } = this;
    const input = count(attributes[attr.ATTR_GEN_AI_USAGE_INPUT_TOKENS]);
    const output = count(attributes[attr.ATTR_GEN_AI_USAGE_OUTPUT_TOKENS]);
    tokens.input += input;
    tokens.output += output;
    tokens.cache_read += count(attributes[attr.ATTR_GEN_AI_USAGE_CACHE_READ_INPUT_TOKENS]);
    tokens.cache_write += count(
      attributes[attr.ATTR_GEN_AI_USAGE_CACHE_WRITE_INPUT_TOKENS] ??
        attributes[attr.ATTR_GEN_AI_USAGE_CACHE_CREATION_INPUT_TOKENS],
    );
    tokens.reasoning += count(attributes[attr.ATTR_GEN_AI_USAGE_REASONING_OUTPUT_TOKENS]);
    tokens.total += input + output;
    const cost = attributes[attr.ATTR_AGENTOPS_COST_TOTAL];
    if (typeof cost === 'number') this.cost = (this.cost ?? 0) + cost;
    this.#above?.add(attributes);
  }
}

function count(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}
