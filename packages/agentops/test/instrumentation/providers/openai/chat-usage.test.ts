import { always } from '@agentops/model-server';
import { instrument } from 'agentops';
import { describe, expect, it } from 'vitest';
import { openaiClient } from '../support/provider-case.ts';
import { readAll, recordCall } from '../support/record-calls.ts';
import { ask, askStream, request } from './ask.ts';

describe('the tokens and the cost of a chat completion (P3)', () => {
  const usage = {
    inputTokens: 1000,
    cachedInputTokens: 400,
    outputTokens: 200,
    reasoningTokens: 50,
  };

  it("are the provider's count at the list price, cached tokens at theirs", async () => {
    const { attributes } = await ask({ text: 'Warm.', usage });

    expect(attributes).toMatchObject({
      'gen_ai.usage.input_tokens': 1000,
      'gen_ai.usage.output_tokens': 200,
      'gen_ai.usage.cache_read.input_tokens': 400,
      'gen_ai.usage.reasoning.output_tokens': 50,
    });
    expect(attributes['agentops.cost.input']).toBeCloseTo(600 * 2.5e-6 + 400 * 1.25e-6, 12);
    expect(attributes['agentops.cost.output']).toBeCloseTo(200 * 10e-6, 12);
    expect(attributes['agentops.cost.total']).toBeCloseTo(0.004, 12);
  });

  it('have no price where the model is not on the list', async () => {
    const { attributes } = await ask({ text: 'Warm.', usage }, { model: 'house-model-9' });

    expect(attributes['gen_ai.usage.input_tokens']).toBe(1000);
    expect(attributes).not.toHaveProperty(['agentops.cost.total']);
  });

  it('are absent from a stream that did not ask for them, and never guessed', async () => {
    const { attributes } = await askStream({ text: 'Warm.', usage });

    expect(attributes).not.toHaveProperty(['gen_ai.usage.input_tokens']);
    expect(attributes).not.toHaveProperty(['gen_ai.usage.output_tokens']);
    expect(attributes).not.toHaveProperty(['agentops.cost.total']);
    expect(attributes).not.toHaveProperty(['agentops.stream.truncated']);
  });

  it('are on a stream that asked for them, with the time to its first chunk', async () => {
    const call = await recordCall(always({ text: 'Warm.', usage }), async (url) => {
      const { completions } = instrument(openaiClient(url)).chat;
      await readAll(
        await completions.create({ ...request({}), stream: true, stream_options: { include_usage: true } }),
      );
    });

    expect(call.attributes).toMatchObject({
      'gen_ai.request.stream': true,
      'gen_ai.usage.input_tokens': 1000,
      'gen_ai.usage.output_tokens': 200,
      'gen_ai.response.time_to_first_chunk': expect.any(Number),
    });
    const [seconds, nanos] = call.duration;
    const firstChunk = Number(call.attributes['gen_ai.response.time_to_first_chunk']);
    expect(firstChunk).toBeGreaterThan(0);
    expect(firstChunk).toBeLessThanOrEqual(seconds + nanos / 1e9 + 0.001);
  });
});
