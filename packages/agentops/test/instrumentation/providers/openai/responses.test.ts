import { always, type ModelReply } from '@agentops/model-server';
import { instrument } from 'agentops';
import type OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import { jsonOf } from '../../../support/recording.ts';
import { controlRun, type World } from '../support/control-run.ts';
import { openaiClient } from '../support/provider-case.ts';
import { readAll, recordCall } from '../support/record-calls.ts';

type Body = Partial<OpenAI.Responses.ResponseCreateParamsNonStreaming>;

const request = (body: Body) => ({ model: 'gpt-4o', input: 'How warm is it?', ...body });

const ask = (reply: ModelReply, body: Body = {}) =>
  recordCall(always(reply), (url) => instrument(openaiClient(url)).responses.create(request(body)));

const askStream = (reply: ModelReply, body: Body = {}) =>
  recordCall(always(reply), async (url) =>
    readAll(await instrument(openaiClient(url)).responses.create({ ...request(body), stream: true })),
  );

const FORMS = [
  { form: 'a whole response', call: ask },
  { form: 'a streamed response', call: askStream },
];

const weather = {
  type: 'function' as const,
  name: 'get_weather',
  description: 'Tells the weather.',
  parameters: { type: 'object', properties: { city: { type: 'string' } } },
  strict: false,
};

describe('the span of a response (P2, P3)', () => {
  it.each(FORMS)('says of $form what was asked, answered and paid for', async ({ call }) => {
    const span = await call(
      {
        thinking: 'North.',
        text: 'Cold.',
        toolCalls: [{ id: 'c1', name: 'get_weather', arguments: { city: 'Oslo' } }],
        finishReason: 'stop',
        model: 'gpt-4o-2024-11-20',
        usage: { inputTokens: 100, cachedInputTokens: 60, outputTokens: 20, reasoningTokens: 5 },
      },
      { instructions: 'Be brief.', tools: [weather], max_output_tokens: 50, temperature: 0, top_p: 0.9 },
    );

    expect(span).toMatchObject({ name: 'chat gpt-4o', kind: 2, status: { code: 0 }, events: [] });
    expect(span.attributes).toMatchObject({
      'agentops.span.kind': 'llm',
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.max_tokens': 50,
      'gen_ai.request.temperature': 0,
      'gen_ai.request.top_p': 0.9,
      'gen_ai.response.model': 'gpt-4o-2024-11-20',
      'gen_ai.response.id': 'resp_0000000000000000000001',
      'gen_ai.response.finish_reasons': ['tool_calls'],
      'gen_ai.usage.input_tokens': 100,
      'gen_ai.usage.cache_read.input_tokens': 60,
      'gen_ai.usage.output_tokens': 20,
      'gen_ai.usage.reasoning.output_tokens': 5,
    });
    expect(span.attributes['agentops.cost.total']).toBeGreaterThan(0);
    expect(jsonOf(span, 'gen_ai.system_instructions')).toEqual([{ type: 'text', content: 'Be brief.' }]);
    expect(jsonOf(span, 'gen_ai.tool.definitions')).toMatchObject([{ name: 'get_weather' }]);
    expect(jsonOf(span, 'gen_ai.input.messages')).toEqual([
      { role: 'user', parts: [{ type: 'text', content: 'How warm is it?' }] },
    ]);
    expect(jsonOf(span, 'gen_ai.output.messages')).toEqual([
      {
        role: 'assistant',
        parts: [
          { type: 'reasoning', content: 'North.' },
          { type: 'tool_call', id: 'c1', name: 'get_weather', arguments: { city: 'Oslo' } },
          { type: 'text', content: 'Cold.' },
        ],
        finish_reason: 'tool_calls',
      },
    ]);
  });

  it('carries a whole conversation', async () => {
    const span = await ask(
      { text: 'Sunny.' },
      {
        input: [
          { role: 'developer', content: 'Be brief.' },
          {
            role: 'user',
            content: [
              { type: 'input_text', text: 'Here?' },
              { type: 'input_image', detail: 'auto', image_url: 'data:image/png;base64,iVBORw0=' },
              { type: 'input_file', file_id: 'file-1' },
            ],
          },
          { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 'A picture.' }] },
          { type: 'function_call', call_id: 'c1', name: 'get_weather', arguments: '{"city":"Oslo"}' },
          { type: 'function_call_output', call_id: 'c1', output: 'snow' },
        ],
      },
    );

    expect(jsonOf(span, 'gen_ai.input.messages')).toEqual([
      { role: 'developer', parts: [{ type: 'text', content: 'Be brief.' }] },
      {
        role: 'user',
        parts: [
          { type: 'text', content: 'Here?' },
          { type: 'blob', modality: 'image', mime_type: 'image/png', content: 'iVBORw0=' },
          { type: 'file', file_id: 'file-1' },
        ],
      },
      {
        role: 'assistant',
        parts: [
          { type: 'reasoning', content: 'A picture.' },
          { type: 'tool_call', id: 'c1', name: 'get_weather', arguments: { city: 'Oslo' } },
        ],
      },
      { role: 'tool', parts: [{ type: 'tool_call_response', id: 'c1', response: 'snow' }] },
    ]);
  });

  it.each(FORMS)('tells the refusal of $form, and why one is cut short', async ({ call }) => {
    const refused = await call({ refusal: 'I would rather not say.' });
    expect(jsonOf(refused, 'gen_ai.output.messages')).toMatchObject([
      { parts: [{ type: 'refusal', content: 'I would rather not say.' }] },
    ]);
    const cut = await call({ text: 'It is', finishReason: 'length' });
    expect(cut.attributes['gen_ai.response.finish_reasons']).toEqual(['length']);
    expect(cut.attributes).not.toHaveProperty(['agentops.stream.truncated']);
  });

  it('knows structured output, and leaves parse() and stream() as they were', async () => {
    const format = { type: 'json_schema' as const, name: 'answer', schema: { type: 'object' } };
    const span = await recordCall(always({ text: '{"degrees":21}' }), async (url) => {
      const { responses } = instrument(openaiClient(url));
      const parsed = await responses.parse(request({ text: { format } }));
      expect(parsed.output_parsed).toEqual({ degrees: 21 });
    });
    expect(span.attributes['gen_ai.output.type']).toBe('json');

    const streamed = await recordCall(always({ text: 'Warm.' }), async (url) => {
      const stream = instrument(openaiClient(url)).responses.stream({ model: 'gpt-4o', input: 'How warm?' });
      expect((await stream.finalResponse()).output_text).toBe('Warm.');
    });
    expect(jsonOf(streamed, 'gen_ai.output.messages')).toMatchObject([
      { parts: [{ type: 'text', content: 'Warm.' }] },
    ]);
  });

  it('keeps what had arrived of a stream that is left', async () => {
    const reply = {
      thinking: 'Hm.',
      text: 'It is quite warm today.',
      toolCalls: [{ id: 'c1', name: 'get_weather', arguments: { city: 'Oslo' } }],
      chunking: { size: 6 },
    };
    const span = await recordCall(always(reply), async (url) => {
      const stream = await instrument(openaiClient(url)).responses.create({ ...request({}), stream: true });
      for await (const event of stream) {
        if (event.type === 'response.output_text.delta') break;
      }
    });

    expect(span.attributes['agentops.stream.truncated']).toBe(true);
    expect(span.attributes).not.toHaveProperty(['gen_ai.usage.output_tokens']);
    expect(jsonOf(span, 'gen_ai.output.messages')).toEqual([
      {
        role: 'assistant',
        parts: [
          { type: 'reasoning', content: 'Hm.' },
          { type: 'tool_call', id: 'c1', name: 'get_weather', arguments: { city: 'Oslo' } },
          { type: 'text', content: 'It is ' },
        ],
      },
    ]);
  });

  it('fails where the response says that it has failed', async () => {
    const failed = {
      id: 'resp_1',
      object: 'response',
      status: 'failed',
      error: { code: 'server_error', message: 'The model is unwell.' },
      output: [],
    };
    const span = await recordCall(always({ text: '' }), async (url) => {
      const client = openaiClient(url).withOptions({ fetch: async () => Response.json(failed) });
      expect(await instrument(client).responses.create(request({}))).toMatchObject({ status: 'failed' });
    });

    expect(span.status).toEqual({ code: 2, message: 'The model is unwell.' });
    expect(span.attributes['error.type']).toBe('server_error');
  });
});

describe('responses, embeddings and completions (P6)', () => {
  it('answer as they do without instrumentation, and send the same requests', async () => {
    const stage = () => ({
      script: always({ text: 'Warm.', chunking: { size: 2 } }),
      program: async ({ url, instrument, note }: World) => {
        const client = instrument(openaiClient(url));
        const { data, response } = await client.responses.create(request({})).withResponse();
        note([data.output_text, response.status]);
        const stream = await client.responses.create({ ...request({}), stream: true });
        for await (const event of stream) note(event.type);
        note(
          await (await client.responses.create(request({})).asResponse()).text().then((text) => text.length),
        );
        note((await client.embeddings.create({ model: 'text-embedding-3-small', input: 'a' })).data);
        note((await client.completions.create({ model: 'gpt-3.5-turbo-instruct', prompt: 'a' })).choices);
        await client.responses.create({ model: 'gpt-4o' });
      },
    });
    const { plain, watched, calls } = await controlRun(stage);

    expect(watched).toEqual(plain);
    expect(plain.seen.length).toBeGreaterThan(10);
    expect(calls.map(({ status }) => status.code)).toEqual([0, 0, 0, 0, 0, 2]);
  });
});

describe('embeddings and text completions (P2, P3)', () => {
  it('make a span with model, tokens and cost, without the data', async () => {
    const span = await recordCall(always({ usage: { inputTokens: 1000 } }), async (url) => {
      const { embeddings } = instrument(openaiClient(url));
      const { data } = await embeddings.create({ model: 'text-embedding-3-small', input: ['a', 'b'] });
      expect(data.map(({ embedding }) => embedding.length)).toEqual([1536, 1536]);
    });

    expect(span.name).toBe('embeddings text-embedding-3-small');
    expect(span.attributes).toMatchObject({
      'event.type': 'llms',
      'gen_ai.operation.name': 'embeddings',
      'gen_ai.embeddings.dimension.count': 1536,
      'gen_ai.usage.input_tokens': 1000,
      'agentops.cost.total': 0.00002,
    });
  });

  it.each([false, true])('record a text completion, streamed: %s', async (stream) => {
    const body = { model: 'gpt-3.5-turbo-instruct', prompt: 'Once', max_tokens: 9, stream };
    const span = await recordCall(always({ text: ' upon a time' }), async (url) => {
      const answer = await instrument(openaiClient(url)).completions.create(body);
      if (Symbol.asyncIterator in answer) await readAll(answer);
    });

    expect(span.name).toBe('text_completion gpt-3.5-turbo-instruct');
    expect(span.attributes).toMatchObject({
      'gen_ai.request.max_tokens': 9,
      'gen_ai.response.finish_reasons': ['stop'],
    });
    expect(jsonOf(span, 'gen_ai.input.messages')).toEqual([
      { role: 'user', parts: [{ type: 'text', content: 'Once' }] },
    ]);
    expect(jsonOf(span, 'gen_ai.output.messages')).toEqual([
      { role: 'assistant', parts: [{ type: 'text', content: ' upon a time' }], finish_reason: 'stop' },
    ]);
  });
});
