import { always, type ModelReply } from '@agentops/model-server';
import { describe, expect, it } from 'vitest';
import { drain, stage } from '../stage.ts';

const ask = { model: 'gpt-4o', messages: [{ role: 'user' as const, content: 'Weather in Reykjavík?' }] };

const twoCalls: ModelReply = {
  toolCalls: [
    { name: 'get_weather', arguments: { city: 'Reykjavík', unit: 'celsius' } },
    { name: 'get_time', arguments: { city: 'Paris' } },
  ],
  chunking: { size: 5 },
};

const calledInTurn = [
  { type: 'function', function: { name: 'get_weather', arguments: '{"city":"Reykjavík","unit":"celsius"}' } },
  { type: 'function', function: { name: 'get_time', arguments: '{"city":"Paris"}' } },
];

describe('a chat completion', () => {
  it('carries the text, the model that was asked for, and a request id', async () => {
    const { openai } = await stage(always({ text: 'Sunny.' }));
    const { data, request_id } = await openai.chat.completions.create(ask).withResponse();
    expect(data).toMatchObject({ object: 'chat.completion', model: 'gpt-4o' });
    expect(data.id).toMatch(/^chatcmpl-/);
    expect(request_id).toMatch(/^req_/);
    expect(data.choices).toEqual([
      {
        index: 0,
        message: { role: 'assistant', content: 'Sunny.', refusal: null, annotations: [] },
        logprobs: null,
        finish_reason: 'stop',
      },
    ]);
  });

  it('carries parallel tool calls with ids that are the same on every run', async () => {
    const runs = [await stage(always(twoCalls)), await stage(always(twoCalls))];
    const [first, second] = await Promise.all(
      runs.map(async ({ openai }) => (await openai.chat.completions.create(ask)).choices[0]),
    );
    expect(first).toMatchObject({
      finish_reason: 'tool_calls',
      message: { content: null, tool_calls: calledInTurn },
    });
    const ids = first?.message.tool_calls?.map(({ id }) => id);
    expect(new Set(ids).size).toBe(2);
    expect(ids?.every((id) => id.startsWith('call_'))).toBe(true);
    expect(second?.message.tool_calls?.map(({ id }) => id)).toEqual(ids);
  });

  it('repeats one choice as often as n asks, or takes each from the script', async () => {
    const { openai } = await stage(({ messages }) =>
      messages[0]?.text === 'same' ? { text: 'A' } : { choices: [{ text: 'A' }, { text: 'B' }] },
    );
    const texts = async (content: string) => {
      const { choices } = await openai.chat.completions.create({
        model: 'gpt-4o',
        messages: [{ role: 'user', content }],
        n: 2,
      });
      return choices.map(({ index, message }) => [index, message.content]);
    };
    expect(await texts('same')).toEqual([
      [0, 'A'],
      [1, 'A'],
    ]);
    expect(await texts('different')).toEqual([
      [0, 'A'],
      [1, 'B'],
    ]);
  });

  it('carries a refusal', async () => {
    const { openai } = await stage(always({ refusal: 'I cannot help with that.' }));
    const { choices } = await openai.chat.completions.create(ask);
    expect(choices[0]).toMatchObject({
      finish_reason: 'stop',
      message: { content: null, refusal: 'I cannot help with that.' },
    });
  });

  it('reports the usage the script gives, with cached and reasoning tokens', async () => {
    const { openai } = await stage(
      always({
        text: 'ok',
        usage: {
          inputTokens: 100,
          outputTokens: 30,
          cachedInputTokens: 60,
          cacheWriteTokens: 10,
          reasoningTokens: 20,
        },
      }),
    );
    const { usage } = await openai.chat.completions.create(ask);
    expect(usage).toMatchObject({
      prompt_tokens: 100,
      completion_tokens: 30,
      total_tokens: 130,
      prompt_tokens_details: { cached_tokens: 60, cache_write_tokens: 10 },
      completion_tokens_details: { reasoning_tokens: 20 },
    });
  });

  it('counts four characters to a token where the script gives no usage', async () => {
    const { openai } = await stage(always({ text: '12345678', thinking: '1234' }));
    const { usage } = await openai.chat.completions.create({
      model: 'gpt-4o',
      messages: [{ role: 'user', content: '123456789' }],
    });
    expect(usage).toMatchObject({
      prompt_tokens: 3,
      completion_tokens: 3,
      completion_tokens_details: { reasoning_tokens: 1 },
    });
  });
});

describe('a streamed chat completion', () => {
  it('opens with the role, gives the text in pieces and closes with the finish reason', async () => {
    const { openai } = await stage(always({ text: 'Sól og 🌤 hiti', chunking: { size: 8 } }));
    const { received } = await drain(await openai.chat.completions.create({ ...ask, stream: true }));
    expect(received.map(({ choices }) => choices[0]?.delta)).toEqual([
      { role: 'assistant', content: '', refusal: null },
      { content: 'Sól og 🌤' },
      { content: ' hiti' },
      {},
    ]);
    expect(received.map(({ choices }) => choices[0]?.finish_reason)).toEqual([null, null, null, 'stop']);
    expect(new Set(received.map(({ id }) => id)).size).toBe(1);
  });

  it('reports usage only when it was asked for', async () => {
    const { openai } = await stage(always({ text: 'ok', usage: { inputTokens: 7, outputTokens: 2 } }));
    const silent = await drain(await openai.chat.completions.create({ ...ask, stream: true }));
    const asked = await drain(
      await openai.chat.completions.create({ ...ask, stream: true, stream_options: { include_usage: true } }),
    );
    expect(silent.received.some((chunk) => 'usage' in chunk || chunk.choices.length === 0)).toBe(false);
    expect(asked.received.slice(0, -1).every(({ usage }) => usage === null)).toBe(true);
    expect(asked.received.at(-1)).toMatchObject({
      choices: [],
      usage: { prompt_tokens: 7, completion_tokens: 2, total_tokens: 9 },
    });
  });

  it('mixes the pieces of parallel tool calls, told apart by index', async () => {
    const { openai } = await stage(always(twoCalls));
    const { received } = await drain(await openai.chat.completions.create({ ...ask, stream: true }));
    const deltas = received.flatMap(({ choices }) => choices[0]?.delta.tool_calls ?? []);
    expect(deltas.slice(0, 4).map(({ index }) => index)).toEqual([0, 1, 0, 1]);
    const joined = [0, 1].map((wanted) =>
      deltas
        .filter(({ index }) => index === wanted)
        .map((delta) => delta.function?.arguments)
        .join(''),
    );
    expect(joined).toEqual(calledInTurn.map((call) => call.function.arguments));
    expect(received.at(-1)?.choices[0]?.finish_reason).toBe('tool_calls');
  });

  it("is put together by the client's own stream helper, tool calls and choices included", async () => {
    const { openai } = await stage(
      always({ choices: [{ text: 'first answer' }, twoCalls, { refusal: 'no' }] }),
    );
    const completion = await openai.chat.completions.stream({ ...ask, n: 3 }).finalChatCompletion();
    expect(completion.choices.map(({ finish_reason }) => finish_reason)).toEqual([
      'stop',
      'tool_calls',
      'stop',
    ]);
    expect(completion.choices[0]?.message.content).toBe('first answer');
    expect(completion.choices[1]?.message.tool_calls).toMatchObject(calledInTurn);
    expect(completion.choices[2]?.message).toMatchObject({ content: null, refusal: 'no' });
  });

  it('ends with [DONE]', async () => {
    const { server } = await stage(always({ text: 'ok' }));
    const response = await fetch(`${server.url}/v1/chat/completions`, {
      method: 'POST',
      body: JSON.stringify({ ...ask, stream: true }),
    });
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect((await response.text()).endsWith('}\n\ndata: [DONE]\n\n')).toBe(true);
  });
});
