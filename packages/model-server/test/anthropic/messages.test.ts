import { always, type ModelReply } from '@agentops/model-server';
import { describe, expect, it } from 'vitest';
import { drain, stage } from '../stage.ts';

const ask = {
  model: 'claude-sonnet-5',
  max_tokens: 1024,
  messages: [{ role: 'user' as const, content: 'Weather in Reykjavík?' }],
};

const thinkThenCall: ModelReply = {
  thinking: 'They want the weather twice.',
  text: 'Let me look.',
  toolCalls: [
    { name: 'get_weather', arguments: { city: 'Reykjavík' } },
    { name: 'get_weather', arguments: { city: 'Paris' } },
  ],
  usage: {
    inputTokens: 100,
    outputTokens: 40,
    cachedInputTokens: 60,
    cacheWriteTokens: 15,
    reasoningTokens: 12,
  },
};

const itsContent = [
  { type: 'thinking', thinking: 'They want the weather twice.', signature: expect.stringMatching(/.+/) },
  { type: 'text', text: 'Let me look.' },
  {
    type: 'tool_use',
    id: expect.stringMatching(/^toolu_/),
    name: 'get_weather',
    input: { city: 'Reykjavík' },
  },
  { type: 'tool_use', id: expect.stringMatching(/^toolu_/), name: 'get_weather', input: { city: 'Paris' } },
];

const itsUsage = {
  input_tokens: 25,
  cache_read_input_tokens: 60,
  cache_creation_input_tokens: 15,
  output_tokens: 40,
  output_tokens_details: { thinking_tokens: 12 },
};

describe('a message', () => {
  it('carries the text, the model that was asked for, and a request id', async () => {
    const { anthropic } = await stage(always({ text: 'Sunny.' }));
    const message = await anthropic.messages.create(ask);
    expect(message).toMatchObject({
      type: 'message',
      role: 'assistant',
      model: 'claude-sonnet-5',
      content: [{ type: 'text', text: 'Sunny.' }],
      stop_reason: 'end_turn',
    });
    expect(message.id).toMatch(/^msg_/);
    expect(message._request_id).toMatch(/^req_/);
  });

  it('carries thinking with its signature, text and parallel tool calls, in that order', async () => {
    const { anthropic } = await stage(always(thinkThenCall));
    const message = await anthropic.messages.create(ask);
    expect(message.content).toMatchObject(itsContent);
    expect(message.stop_reason).toBe('tool_use');
  });

  it('counts cached tokens apart from the input tokens', async () => {
    const { anthropic } = await stage(always(thinkThenCall));
    expect((await anthropic.messages.create(ask)).usage).toMatchObject(itsUsage);
  });

  it('adds cached tokens to an input it has to count itself', async () => {
    const { anthropic } = await stage(always({ text: 'ok', usage: { cachedInputTokens: 500 } }));
    const { usage } = await anthropic.messages.create(ask);
    expect(usage).toMatchObject({ input_tokens: 6, cache_read_input_tokens: 500 });
  });

  it('says why a refusal was made', async () => {
    const { anthropic } = await stage(always({ refusal: 'Not this.' }));
    expect(await anthropic.messages.create(ask)).toMatchObject({
      content: [],
      stop_reason: 'refusal',
      stop_details: { type: 'refusal', explanation: 'Not this.' },
    });
  });

  it('stops where the script says so', async () => {
    const { anthropic } = await stage(always({ text: 'It was a dark and', finishReason: 'length' }));
    expect((await anthropic.messages.create(ask)).stop_reason).toBe('max_tokens');
  });
});

describe('a streamed message', () => {
  it('sends the events of the protocol in its order', async () => {
    const { anthropic } = await stage(always({ text: 'Sunny today', chunking: { size: 6 } }));
    const { received } = await drain(await anthropic.messages.create({ ...ask, stream: true }));
    expect(received.map(({ type }) => type)).toEqual([
      'message_start',
      'content_block_start',
      'content_block_delta',
      'content_block_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ]);
  });

  it('pings, and names every event by its type', async () => {
    const { server } = await stage(always({ text: 'ok' }));
    const response = await fetch(`${server.url}/v1/messages`, {
      method: 'POST',
      body: JSON.stringify({ ...ask, stream: true }),
    });
    const events = (await response.text()).trimEnd().split('\n\n');
    expect(events).toContain('event: ping\ndata: {"type":"ping"}');
    for (const event of events) {
      const [, name, data] = event.match(/^event: (\w+)\ndata: (.+)$/) ?? [];
      expect(JSON.parse(data ?? '')).toMatchObject({ type: name });
    }
  });

  it("is put together by the client's own stream helper: thinking, signature, text, tools and usage", async () => {
    const { anthropic } = await stage(always({ ...thinkThenCall, chunking: { size: 3 } }));
    const message = await anthropic.messages.stream(ask).finalMessage();
    expect(message.content).toMatchObject(itsContent);
    expect(message.stop_reason).toBe('tool_use');
    expect(message.usage).toMatchObject(itsUsage);
  });

  it('knows all the input but hardly any of the output at its start', async () => {
    const { anthropic } = await stage(always(thinkThenCall));
    const { received } = await drain(await anthropic.messages.create({ ...ask, stream: true }));
    expect(received[0]).toMatchObject({
      message: { usage: { ...itsUsage, output_tokens: 1, output_tokens_details: { thinking_tokens: 0 } } },
    });
  });

  it('can carry tool arguments that are not JSON, as models write them', async () => {
    const { anthropic } = await stage(always({ toolCalls: [{ name: 'search', arguments: '{"q": "unfin' }] }));
    const { received } = await drain(await anthropic.messages.create({ ...ask, stream: true }));
    const json = received.map((event) =>
      event.type === 'content_block_delta' && event.delta.type === 'input_json_delta'
        ? event.delta.partial_json
        : '',
    );
    expect(json.join('')).toBe('{"q": "unfin');
    await expect(anthropic.messages.create(ask)).rejects.toMatchObject({
      status: 500,
      apiMessage: expect.stringContaining('search with {"q": "unfin, which is no JSON object'),
    });
  });
});
