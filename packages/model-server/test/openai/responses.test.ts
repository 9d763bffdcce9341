import { always, type ModelRequest } from '@agentops/model-server';
import { describe, expect, it } from 'vitest';
import { stage } from '../stage.ts';

const ask = { model: 'gpt-4o', input: 'Weather in Reykjavík?' };

describe('a response', () => {
  it('carries the text, reasoning and counts', async () => {
    const { openai } = await stage(always({ thinking: 'North.', text: 'Windy.' }));
    const response = await openai.responses.create(ask);
    expect(response).toMatchObject({ status: 'completed', output_text: 'Windy.', model: 'gpt-4o' });
    expect(response.output.map(({ type }) => type)).toEqual(['reasoning', 'message']);
    expect(response.usage).toMatchObject({ output_tokens_details: { reasoning_tokens: 2 } });
  });

  it('streams to the same response, piece by piece', async () => {
    const { openai } = await stage(
      always({
        thinking: 'Let me see.',
        text: 'Windy and cold.',
        toolCalls: [{ name: 'get_weather', arguments: { city: 'Reykjavík' } }],
        chunking: { size: 4 },
      }),
    );
    const stream = openai.responses.stream(ask);
    const pieces: string[] = [];
    for await (const event of stream) {
      if (event.type === 'response.output_text.delta') pieces.push(event.delta);
    }
    const final = await stream.finalResponse();
    expect(pieces).toEqual(['Wind', 'y an', 'd co', 'ld.']);
    expect(final).toMatchObject({ status: 'completed', output_text: 'Windy and cold.' });
    expect(final.output.map(({ type }) => type)).toEqual(['reasoning', 'function_call', 'message']);
  });

  it('is incomplete where the model was stopped', async () => {
    const { openai } = await stage(always({ text: 'Win', finishReason: 'length' }));
    expect(await openai.responses.create(ask)).toMatchObject({
      status: 'incomplete',
      incomplete_details: { reason: 'max_output_tokens' },
    });
  });

  it('hears instructions, earlier calls and what tools gave back', async () => {
    const heard: ModelRequest[] = [];
    const { openai } = await stage((request) => {
      heard.push(request);
      return { text: 'Cold.' };
    });
    await openai.responses.create({
      model: 'gpt-4o',
      instructions: 'Be brief.',
      input: [
        { role: 'user', content: [{ type: 'input_text', text: 'Weather?' }] },
        { type: 'function_call', call_id: 'c1', name: 'get_weather', arguments: '{"city":"Oslo"}' },
        { type: 'function_call_output', call_id: 'c1', output: 'snow' },
      ],
    });
    expect(heard[0]).toMatchObject({
      system: 'Be brief.',
      messages: [
        { role: 'user', text: 'Weather?' },
        { role: 'assistant', toolCalls: [{ id: 'c1', arguments: { city: 'Oslo' } }] },
        { role: 'tool', toolResults: [{ id: 'c1', content: 'snow' }] },
      ],
    });
  });
});

describe('a text completion', () => {
  it('carries the text, whole and streamed', async () => {
    const { openai } = await stage(always({ text: 'Once upon a time' }));
    const ask = { model: 'gpt-3.5-turbo-instruct', prompt: 'A story:' };
    expect((await openai.completions.create(ask)).choices[0]).toMatchObject({
      text: 'Once upon a time',
      finish_reason: 'stop',
    });
    let text = '';
    for await (const chunk of await openai.completions.create({ ...ask, stream: true })) {
      text += chunk.choices[0]?.text ?? '';
    }
    expect(text).toBe('Once upon a time');
  });
});
