import { always } from '@agentops/model-server';
import { describe, expect, it } from 'vitest';
import { stage } from '../stage.ts';

const model = 'text-embedding-3-small';

describe('embeddings', () => {
  it('are unit vectors that depend on the text alone', async () => {
    const { openai } = await stage(always({}));
    const { data } = await openai.embeddings.create({ model, input: ['sea', 'sky', 'sea'], dimensions: 64 });
    const [sea, sky, seaAgain] = data.map(({ embedding }) => embedding);
    expect(sea).toHaveLength(64);
    expect(Math.hypot(...(sea ?? []))).toBeCloseTo(1, 5);
    expect(seaAgain).toEqual(sea);
    expect(sky).not.toEqual(sea);
  });

  it('are the same as floats as they are as base64, to the precision of a float', async () => {
    const { openai } = await stage(always({}));
    const request = { model, input: 'sea', dimensions: 8 };
    const fromBase64 = await openai.embeddings.create(request);
    const floats = await openai.embeddings.create({ ...request, encoding_format: 'float' });
    expect(fromBase64.data[0]?.embedding).toEqual(floats.data[0]?.embedding.map(Math.fround));
  });

  it('come from the script where it gives them', async () => {
    const { openai } = await stage(always({ embeddings: [[0.5, -0.5]], usage: { inputTokens: 9 } }));
    const { data, usage } = await openai.embeddings.create({ model, input: 'sea' });
    expect(data[0]).toEqual({ object: 'embedding', index: 0, embedding: [0.5, -0.5] });
    expect(usage).toEqual({ prompt_tokens: 9, total_tokens: 9 });
  });

  it('are as many as the texts, also when those are given in tokens', async () => {
    const { openai, server } = await stage(always({}));
    const tokens = await openai.embeddings.create({ model, input: [1, 2, 3], dimensions: 4 });
    const lists = await openai.embeddings.create({ model, input: [[1, 2], [3]], dimensions: 4 });
    expect([tokens.data.length, lists.data.length]).toEqual([1, 2]);
    expect(server.requests).toHaveLength(2);
  });

  it('of a wrong number are an error of the script that says so', async () => {
    const { openai } = await stage(always({ embeddings: [[1]] }));
    await expect(openai.embeddings.create({ model, input: ['sea', 'sky'] })).rejects.toMatchObject({
      status: 500,
      message: '500 The script gave 1 embeddings for 2 inputs: give one for each.',
    });
  });
});
