import { describe, expect, it } from 'vitest';
import { costOf, type PricedCall } from '../../src/instrumentation/cost.ts';

const dollarsPerMillion = (tokens: number, price: number): number => (tokens * price) / 1e6;

describe('the cost of a call (P3)', () => {
  it('is its tokens at the list price', () => {
    const cost = costOf({ provider: 'openai', model: 'gpt-4o', inputTokens: 1000, outputTokens: 200 });

    expect(cost?.input).toBeCloseTo(dollarsPerMillion(1000, 2.5), 12);
    expect(cost?.output).toBeCloseTo(dollarsPerMillion(200, 10), 12);
    expect(cost?.total).toBeCloseTo(0.0045, 12);
  });

  it('discounts what was read from the cache and charges for what was written to it', () => {
    const cost = costOf({
      provider: 'anthropic',
      model: 'claude-sonnet-5-5',
      inputTokens: 1000,
      cacheReadTokens: 600,
      cacheWriteTokens: 300,
      outputTokens: 0,
    });

    expect(cost?.input).toBeCloseTo(
      dollarsPerMillion(100, 2) + dollarsPerMillion(600, 0.2) + dollarsPerMillion(300, 2.5),
      12,
    );
    expect(cost?.output).toBe(0);
  });

  it.each([
    ['x_ai', 'grok-4'],
    ['mistral_ai', 'mistral-large-latest'],
    ['azure.ai.openai', 'gpt-4o'],
    ['gcp.gemini', 'gemini-2.5-pro'],
  ])('is known by the conventions’ name of the provider: %s', (provider, model) => {
    expect(costOf({ provider, model, inputTokens: 1000, outputTokens: 1000 })?.total).toBeGreaterThan(0);
  });

  it.each([
    [100_000, 3, 15],
    [300_000, 6, 22.5],
  ])('follows the tiers of a price: %i input tokens', (inputTokens, input, output) => {
    const call = { provider: 'anthropic', model: 'claude-sonnet-4-5', inputTokens, outputTokens: 1000 };

    expect(costOf(call)?.input).toBeCloseTo(dollarsPerMillion(inputTokens, input), 12);
    expect(costOf(call)?.output).toBeCloseTo(dollarsPerMillion(1000, output), 12);
  });

  it('knows dated models, and models whose provider is not named', () => {
    const tokens = { inputTokens: 1000, outputTokens: 1000 };
    const cost = costOf({ provider: 'openai', model: 'gpt-4o', ...tokens });

    expect(costOf({ provider: 'openai', model: 'gpt-4o-2024-11-20', ...tokens })).toEqual(cost);
    expect(costOf({ model: 'gpt-4o', ...tokens })).toEqual(cost);
  });

  it.each<[string, PricedCall]>([
    ['an unknown model', { provider: 'openai', model: 'house-model-9', inputTokens: 1, outputTokens: 1 }],
    ['no model', { provider: 'openai', inputTokens: 1, outputTokens: 1 }],
    ['no input count', { provider: 'openai', model: 'gpt-4o', outputTokens: 1 }],
    ['no output count', { provider: 'openai', model: 'gpt-4o', inputTokens: 1 }],
  ])('is never guessed: %s has none', (_what, call) => {
    expect(costOf(call)).toBeUndefined();
  });
});
