import { describe, expect, it, onTestFinished } from 'vitest';
import type { ModelPrice } from '../../src/config/price-options.ts';
import { agent, LLMEvent, session, sessionTracer, shutdown } from '../../src/index.ts';
import { Prices } from '../../src/instrumentation/cost/prices.ts';
import type { PricedCall } from '../../src/instrumentation/cost/token-usage.ts';
import { startRecording } from '../support/recording.ts';

const dollarsPerMillion = (tokens: number, price: number): number => (tokens * price) / 1e6;

const costOf = (call: PricedCall, own?: readonly ModelPrice[]) => new Prices(own).costOf(call);

describe('the cost of a call (P3)', () => {
  it('is its tokens at the list price', () => {
    const cost = costOf({ provider: 'openai', model: 'gpt-4o', inputTokens: 1000, outputTokens: 200 });

    expect(cost?.input).toBeCloseTo(dollarsPerMillion(1000, 2.5), 12);
    expect(cost?.output).toBeCloseTo(dollarsPerMillion(200, 10), 12);
    expect(cost?.total).toBeCloseTo(0.0045, 12);
  });

  it('discounts what was read from the cache and charges for what was written to it, more for an hour', () => {
    const call = {
      provider: 'anthropic',
      model: 'claude-sonnet-5-5',
      inputTokens: 1000,
      cacheReadTokens: 600,
      cacheWriteTokens: 300,
      outputTokens: 0,
    };
    const uncached = dollarsPerMillion(100, 2);
    const read = dollarsPerMillion(600, 0.2);

    expect(costOf(call)?.input).toBeCloseTo(uncached + read + dollarsPerMillion(300, 2.5), 12);
    expect(costOf(call)?.output).toBe(0);
    expect(costOf({ ...call, cacheWriteHourTokens: 100 })?.input).toBeCloseTo(
      uncached + read + dollarsPerMillion(200, 2.5) + dollarsPerMillion(100, 4),
      12,
    );
  });

  it('has a price of its own for audio, where the list has one', () => {
    const call = { provider: 'gcp.gemini', model: 'gemini-2.5-flash', inputTokens: 1000, outputTokens: 0 };

    expect(costOf({ ...call, inputAudioTokens: 400 })?.input).toBeCloseTo(
      dollarsPerMillion(600, 0.3) + dollarsPerMillion(400, 1),
      12,
    );
    expect(
      costOf({ ...call, provider: 'openai', model: 'gpt-4o', inputAudioTokens: 400 })?.input,
    ).toBeCloseTo(dollarsPerMillion(1000, 2.5), 12);
  });

  it('counts audio that was cached once', () => {
    const call = { provider: 'gcp.gemini', model: 'gemini-2.5-flash', inputTokens: 100, outputTokens: 0 };

    expect(costOf({ ...call, cacheReadTokens: 80, inputAudioTokens: 60 })?.input).toBeCloseTo(
      dollarsPerMillion(80, 0.03) + dollarsPerMillion(20, 1),
      12,
    );
  });

  it.each([
    ['openai', 'gpt-4o', 'flex', 0.5],
    ['openai', 'gpt-4o', 'batch', 0.5],
    ['openai', 'gpt-4o', 'default', 1],
    ['anthropic', 'claude-sonnet-5-5', 'batch', 0.5],
    ['anthropic', 'claude-sonnet-5-5', 'standard', 1],
    ['openai', 'gpt-4o', 'priority', undefined],
  ])('of %s/%s served as %s is the standard price times %s', (provider, model, serviceTier, factor) => {
    const call = { provider, model, inputTokens: 1000, outputTokens: 1000 };
    const standard = costOf(call)?.total ?? Number.NaN;

    const cost = costOf({ ...call, serviceTier })?.total;
    if (factor === undefined) expect(cost).toBeUndefined();
    else expect(cost).toBeCloseTo(standard * factor, 12);
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

  it('knows dated models, models whose provider is not named, and the name that was asked for', () => {
    const tokens = { inputTokens: 1000, outputTokens: 1000 };
    const cost = costOf({ provider: 'openai', model: 'gpt-4o', ...tokens });

    expect(costOf({ provider: 'openai', model: 'gpt-4o-2024-11-20', ...tokens })).toEqual(cost);
    expect(costOf({ model: 'gpt-4o', ...tokens })).toEqual(cost);
    expect(costOf({ provider: 'openai', model: 'house-4', requestedModel: 'gpt-4o', ...tokens })).toEqual(
      cost,
    );
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

describe('prices of one’s own (P3)', () => {
  const call = { provider: 'openai', model: 'house-9', inputTokens: 1000, outputTokens: 1000 };

  it('are per million tokens; what is left out costs what it is a part of', () => {
    const usage = {
      ...call,
      cacheReadTokens: 100,
      cacheWriteTokens: 100,
      cacheWriteHourTokens: 50,
      inputAudioTokens: 100,
      reasoningTokens: 200,
      outputAudioTokens: 100,
    };
    const plain = { model: 'house-9', input: 2, output: 8 };
    const full = {
      ...plain,
      cacheRead: 1,
      cacheWrite: 3,
      cacheWriteHour: 5,
      inputAudio: 10,
      reasoning: 9,
      outputAudio: 20,
    };

    expect(costOf(usage, [plain])?.input).toBeCloseTo(dollarsPerMillion(1000, 2), 12);
    expect(costOf(usage, [plain])?.output).toBeCloseTo(dollarsPerMillion(1000, 8), 12);
    expect(costOf(usage, [full])?.input).toBeCloseTo(
      (700 * 2 + 100 * 1 + 50 * 3 + 50 * 5 + 100 * 10) / 1e6,
      12,
    );
    expect(costOf(usage, [full])?.output).toBeCloseTo((700 * 8 + 200 * 9 + 100 * 20) / 1e6, 12);
  });

  it('hold before the list, the first that fits first, by either name of the model', () => {
    const own: ModelPrice[] = [
      { model: 'gpt-4o', provider: 'azure.ai.openai', input: 7, output: 7 },
      { model: 'gpt-4o*', input: 1, output: 1 },
      { model: '*', input: 100, output: 100 },
    ];
    const input = (model: string, more: Partial<PricedCall> = {}) =>
      Math.round((costOf({ ...call, model, ...more }, own)?.input ?? Number.NaN) * 1000);

    expect(input('gpt-4o')).toBe(1);
    expect(input('gpt-4o', { provider: 'azure.ai.openai' })).toBe(7);
    expect(input('gpt-4o-2024-11-20')).toBe(1);
    expect(input('o9')).toBe(100);
    expect(
      costOf({ ...call, model: 'x', requestedModel: 'alias' }, [{ model: 'alias', input: 1, output: 1 }]),
    ).toEqual(costOf({ ...call, model: 'alias' }, [{ model: 'alias', input: 1, output: 1 }]));
  });

  it('may be 0, and know service tiers', () => {
    const own = [{ model: 'house-9', input: 2, output: 2, tiers: { priority: 2, flex: 0.25 } }];
    const total = (serviceTier?: string) =>
      costOf({ ...call, ...(serviceTier && { serviceTier }) }, own)?.total;

    expect(costOf(call, [{ model: 'house-9', input: 0, output: 0 }])?.total).toBe(0);
    expect(total('priority')).toBeCloseTo(0.008, 12);
    expect(total('flex')).toBeCloseTo(0.001, 12);
    expect(total('batch')).toBeCloseTo(0.002, 12);
    expect(total()).toBeCloseTo(0.004, 12);
  });

  it('are told of once where they are missing', () => {
    const told: string[] = [];
    const prices = new Prices([], (message) => told.push(message));
    for (let index = 0; index < 3; index++) {
      prices.costOf(call);
      prices.costOf({ ...call, model: 'house-8' });
      prices.costOf({ ...call, model: 'gpt-4o', serviceTier: 'priority' });
    }

    expect(told).toEqual([
      expect.stringMatching(/^no price is known for the model house-9 of openai: .* prices$/),
      expect.stringContaining('house-8'),
      expect.stringContaining('gpt-4o of openai, served as priority'),
    ]);
  });

  it('come from init, and hold for calls and for recorded events', async () => {
    onTestFinished(() => shutdown());
    const recording = startRecording({ prices: [{ model: 'house-*', input: 1000, output: 0 }] });
    const cost = await session('run', async (run) => {
      run.record(new LLMEvent({ model: 'house-9', promptTokens: 1000, completionTokens: 5 }));
      return run.telemetry.cost;
    });

    expect(cost).toBe(1);
    expect((await recording.span('chat house-9')).attributes['agentops.cost.total']).toBe(1);
  });
});

describe('the cost of a call that a framework has recorded (P3, P5)', () => {
  const record = (attributes: object): void => {
    const options = { attributes: { 'gen_ai.provider.name': 'openai', ...attributes } };
    sessionTracer('framework').startSpan('call', options).end();
  };
  const usage = { 'gen_ai.usage.input_tokens': 1_000_000, 'gen_ai.usage.output_tokens': 100_000 };
  const chat = { 'gen_ai.operation.name': 'chat', 'gen_ai.response.model': 'gpt-4o', ...usage };

  it.each<[string, object, number | undefined]>([
    ['a call', chat, 2.5 + 1],
    ['cached tokens', { ...chat, 'gen_ai.usage.cache_read.input_tokens': 400_000 }, 1.5 + 0.5 + 1],
    [
      'tokens written to a cache, by their former name',
      {
        ...chat,
        'gen_ai.provider.name': 'anthropic',
        'gen_ai.response.model': 'claude-haiku-4-5',
        'gen_ai.usage.cache_creation.input_tokens': 400_000,
      },
      0.6 + 0.5 + 0.5,
    ],
    [
      'embeddings, which have no output',
      {
        'gen_ai.operation.name': 'embeddings',
        'gen_ai.request.model': 'text-embedding-3-small',
        'gen_ai.usage.input_tokens': 1_000_000,
      },
      0.02,
    ],
    ['a call that has a cost', { ...chat, 'agentops.cost.total': 7 }, 7],
    ['an unknown model', { ...chat, 'gen_ai.response.model': 'house-9' }, undefined],
    [
      'a call without counts',
      { 'gen_ai.operation.name': 'chat', 'gen_ai.response.model': 'gpt-4o' },
      undefined,
    ],
    ['what only repeats its calls', { ...chat, 'gen_ai.operation.name': 'invoke_agent' }, undefined],
  ])('of %s', async (_what, attributes, expected) => {
    onTestFinished(() => shutdown());
    const recording = startRecording();
    const total = await session('run', (run) => {
      agent('keeper', () => record(attributes));
      return run.telemetry.cost;
    });

    const cost = (await recording.span('call')).attributes['agentops.cost.total'];
    expect(cost).toEqual(expected === undefined ? undefined : expect.closeTo(expected, 9));
    expect(total).toBe(cost ?? null);
    const keeper = await recording.span('invoke_agent keeper');
    expect(keeper.attributes['agentops.agent.cost']).toBe(cost);
  });

  it.each(['cache_write', 'cache_creation'])('is known with the tokens that its %s names', async (name) => {
    onTestFinished(() => shutdown());
    startRecording();
    const tokens = await session('run', (run) => {
      record({ ...chat, [`gen_ai.usage.${name}.input_tokens`]: 400 });
      return run.telemetry.tokens;
    });

    expect(tokens.cache_write).toBe(400);
  });
});
