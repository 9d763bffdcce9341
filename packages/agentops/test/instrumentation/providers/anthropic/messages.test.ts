import { always, type ModelReply } from '@agentops/model-server';
import type Anthropic from '@anthropic-ai/sdk';
import { instrument } from 'agentops';
import { describe, expect, it } from 'vitest';
import { jsonOf } from '../../../support/recording.ts';
import { callGiven } from '../support/given-answer.ts';
import { anthropicClient } from '../support/provider-case.ts';
import { readAll, recordCall } from '../support/record-calls.ts';

/** Older models take parameters that the client's types have dropped. */
type Body = Partial<Anthropic.MessageCreateParamsNonStreaming> & {
  temperature?: number;
  top_p?: number;
  top_k?: number;
};

const request = (body: Body) => ({
  model: 'claude-sonnet-5-5',
  max_tokens: 100,
  messages: [{ role: 'user' as const, content: 'How warm is it?' }],
  ...body,
});

const ask = (reply: ModelReply, body: Body = {}) =>
  recordCall(always(reply), (url) => instrument(anthropicClient(url)).messages.create(request(body)));

const askStream = (reply: ModelReply, body: Body = {}) =>
  recordCall(always(reply), async (url) => {
    const { messages } = instrument(anthropicClient(url));
    await readAll(await messages.create({ ...request(body), stream: true }));
  });

/** Whole or streamed, an answer leaves the same span. */
const FORMS = [
  { form: 'a whole message', call: ask },
  { form: 'a streamed message', call: askStream },
  {
    form: 'a message of the beta API',
    call: (reply: ModelReply, body: Body = {}) =>
      recordCall(always(reply), (url) =>
        instrument(anthropicClient(url)).beta.messages.create(
          request(body) as Anthropic.Beta.MessageCreateParamsNonStreaming,
        ),
      ),
  },
];

describe('the span of a message (P2, P3)', () => {
  it('says what was asked of which model and where', async () => {
    const call = await ask(
      { text: 'Warm.', model: 'claude-sonnet-5-5-20260901' },
      { temperature: 0.5, top_p: 0.9, top_k: 40, stop_sequences: ['END'] },
    );

    expect(call).toMatchObject({ name: 'chat claude-sonnet-5-5', kind: 2, status: { code: 0 }, events: [] });
    expect(call.attributes).toMatchObject({
      'agentops.span.kind': 'llm',
      'event.type': 'llms',
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'anthropic',
      'gen_ai.request.model': 'claude-sonnet-5-5',
      'gen_ai.request.max_tokens': 100,
      'gen_ai.request.temperature': 0.5,
      'gen_ai.request.top_p': 0.9,
      'gen_ai.request.top_k': 40,
      'gen_ai.request.stop_sequences': ['END'],
      'gen_ai.response.model': 'claude-sonnet-5-5-20260901',
      'gen_ai.response.finish_reasons': ['end_turn'],
      'server.address': '127.0.0.1',
    });
    expect(call.attributes['gen_ai.response.id']).toMatch(/^msg_/);
    expect(call.attributes).not.toHaveProperty(['gen_ai.request.stream']);
    expect(call.attributes).not.toHaveProperty(['gen_ai.response.time_to_first_chunk']);
  });

  it.each(FORMS)('carries the messages of $form', async ({ call }) => {
    const span = await call({ text: 'It is 21 degrees.' });

    expect(jsonOf(span, 'gen_ai.input.messages')).toEqual([
      { role: 'user', parts: [{ type: 'text', content: 'How warm is it?' }] },
    ]);
    expect(jsonOf(span, 'gen_ai.output.messages')).toEqual([
      {
        role: 'assistant',
        parts: [{ type: 'text', content: 'It is 21 degrees.' }],
        finish_reason: 'end_turn',
      },
    ]);
  });

  it('carries a whole conversation: instructions, media, thinking, tool calls and their results', async () => {
    const call = await ask(
      { text: 'Sunny.' },
      {
        system: [{ type: 'text', text: 'Be brief.' }],
        tools: [{ name: 'get_weather', description: 'Tells the weather.', input_schema: { type: 'object' } }],
        messages: [
          {
            role: 'user',
            content: [
              { type: 'text', text: 'Here?' },
              { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0=' } },
              { type: 'image', source: { type: 'url', url: 'https://example.org/sky.png' } },
              { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'Map' } },
            ],
          },
          {
            role: 'assistant',
            content: [
              { type: 'thinking', thinking: 'I should ask.', signature: 's' },
              { type: 'tool_use', id: 't1', name: 'get_weather', input: { city: 'Oslo' } },
            ],
          },
          {
            role: 'user',
            content: [{ type: 'tool_result', tool_use_id: 't1', content: [{ type: 'text', text: 'sunny' }] }],
          },
        ],
      },
    );

    expect(jsonOf(call, 'gen_ai.system_instructions')).toEqual([{ type: 'text', content: 'Be brief.' }]);
    expect(jsonOf(call, 'gen_ai.input.messages')).toEqual([
      {
        role: 'user',
        parts: [
          { type: 'text', content: 'Here?' },
          { type: 'blob', modality: 'image', mime_type: 'image/png', content: 'iVBORw0=' },
          { type: 'uri', modality: 'image', uri: 'https://example.org/sky.png' },
          { type: 'blob', modality: 'document', mime_type: 'text/plain', content: 'Map' },
        ],
      },
      {
        role: 'assistant',
        parts: [
          { type: 'reasoning', content: 'I should ask.' },
          { type: 'tool_call', id: 't1', name: 'get_weather', arguments: { city: 'Oslo' } },
        ],
      },
      { role: 'user', parts: [{ type: 'tool_call_response', id: 't1', response: 'sunny' }] },
    ]);
    expect(jsonOf(call, 'gen_ai.tool.definitions')).toEqual([
      {
        type: 'function',
        name: 'get_weather',
        description: 'Tells the weather.',
        parameters: { type: 'object' },
      },
    ]);
  });

  it.each(FORMS)('keeps thinking, text and parallel tool calls of $form apart', async ({ call }) => {
    const span = await call({
      thinking: 'Two cities, two calls.',
      text: 'Let me see.',
      toolCalls: [
        { id: 't1', name: 'get_weather', arguments: { city: 'Reykjavík' } },
        { id: 't2', name: 'now', arguments: {} },
      ],
    });

    expect(jsonOf(span, 'gen_ai.output.messages')).toEqual([
      {
        role: 'assistant',
        parts: [
          { type: 'reasoning', content: 'Two cities, two calls.' },
          { type: 'text', content: 'Let me see.' },
          { type: 'tool_call', id: 't1', name: 'get_weather', arguments: { city: 'Reykjavík' } },
          { type: 'tool_call', id: 't2', name: 'now', arguments: {} },
        ],
        finish_reason: 'tool_use',
      },
    ]);
  });

  it('knows structured output', async () => {
    const call = await ask(
      { text: '{"degrees":21}' },
      { output_config: { format: { type: 'json_schema', schema: { type: 'object' } } } },
    );

    expect(call.attributes['gen_ai.output.type']).toBe('json');
  });

  it('says that the model refused', async () => {
    const { attributes } = await ask({ refusal: 'I would rather not say.' });

    expect(attributes['gen_ai.response.finish_reasons']).toEqual(['refusal']);
  });
});

describe('a server that speaks Anthropic’s protocol (P2)', () => {
  it.each([
    ['https://api.anthropic.com', 'claude-sonnet-5-5', 'anthropic'],
    ['https://api.deepseek.com/anthropic', 'deepseek-chat', 'deepseek'],
    [
      'https://bedrock-runtime.eu-west-1.amazonaws.com',
      'anthropic.claude-sonnet-4-5-20250929-v1:0',
      'aws.bedrock',
    ],
    ['https://europe-west1-aiplatform.googleapis.com/v1', 'claude-sonnet-4-5@20250929', 'gcp.vertex_ai'],
  ])('at %s is known by its host, and priced', async (baseURL, model, provider) => {
    const usage = { input_tokens: 1000, output_tokens: 1000 };
    const { attributes } = await callGiven(
      anthropicClient(baseURL),
      { type: 'message', role: 'assistant', model, content: [], stop_reason: 'end_turn', usage },
      ({ messages }) => messages.create(request({ model })),
    );

    expect(attributes['gen_ai.provider.name']).toBe(provider);
    expect(attributes['agentops.cost.total']).toBeGreaterThan(0);
  });
});

describe('the tokens and the cost of a message (P3)', () => {
  const usage = {
    inputTokens: 1000,
    cachedInputTokens: 400,
    cacheWriteTokens: 100,
    outputTokens: 200,
    reasoningTokens: 50,
  };

  it.each(FORMS)("of $form are the provider's count, cached input included", async ({ call }) => {
    const { attributes } = await call({ text: 'Warm.', usage });

    expect(attributes).toMatchObject({
      'gen_ai.usage.input_tokens': 1000,
      'gen_ai.usage.output_tokens': 200,
      'gen_ai.usage.cache_read.input_tokens': 400,
      'gen_ai.usage.cache_write.input_tokens': 100,
      'gen_ai.usage.reasoning.output_tokens': 50,
    });
    expect(attributes['agentops.cost.input']).toBeCloseTo(500 * 2e-6 + 400 * 0.2e-6 + 100 * 2.5e-6, 12);
    expect(attributes['agentops.cost.output']).toBeCloseTo(200 * 10e-6, 12);
  });

  it('have no price where the model is not on the list', async () => {
    const { attributes } = await ask({ text: 'Warm.', usage }, { model: 'house-model-9' });

    expect(attributes['gen_ai.usage.input_tokens']).toBe(1000);
    expect(attributes).not.toHaveProperty(['agentops.cost.total']);
  });

  it('of a broken stream are the input alone: the output was not counted yet', async () => {
    const call = await recordCall(
      always({ text: 'It is 21 degrees.', usage, fault: { kind: 'error-event', afterChunks: 4 } }),
      async (url) => {
        const { messages } = instrument(anthropicClient(url));
        const stream = await messages.create({ ...request({}), stream: true });
        await expect(readAll(stream)).rejects.toThrow();
      },
    );

    expect(call.attributes['gen_ai.usage.input_tokens']).toBe(1000);
    expect(call.attributes).not.toHaveProperty(['gen_ai.usage.output_tokens']);
    expect(call.attributes).not.toHaveProperty(['agentops.cost.total']);
  });
});
