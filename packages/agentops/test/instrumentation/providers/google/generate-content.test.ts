import { always, type ModelReply, sequence } from '@agentops/model-server';
import { type GenerateContentConfig, type GenerateContentParameters, GoogleGenAI } from '@google/genai';
import { instrument } from 'agentops';
import { describe, expect, it } from 'vitest';
import { jsonOf } from '../../../support/recording.ts';
import { controlRun, type World } from '../support/control-run.ts';
import { readAll, recordCall, recordCalls } from '../support/record-calls.ts';

const client = (url: string) => new GoogleGenAI({ apiKey: 'key', httpOptions: { baseUrl: url } });

const request = (body: Partial<GenerateContentParameters>): GenerateContentParameters => ({
  model: 'gemini-2.5-flash',
  contents: 'How warm is it?',
  ...body,
});

type Body = Partial<GenerateContentParameters>;

const ask = (reply: ModelReply, body: Body = {}) =>
  recordCall(always(reply), (url) => instrument(client(url)).models.generateContent(request(body)));

const askStream = (reply: ModelReply, body: Body = {}) =>
  recordCall(always(reply), async (url) =>
    readAll(await instrument(client(url)).models.generateContentStream(request(body))),
  );

const FORMS = [
  { form: 'a whole answer', call: ask },
  { form: 'a streamed answer', call: askStream },
];

const weather = { name: 'get_weather', description: 'Tells the weather.' };
const config: GenerateContentConfig = {
  systemInstruction: 'Be brief.',
  tools: [{ functionDeclarations: [weather] }],
  maxOutputTokens: 50,
  temperature: 0,
  topP: 0.9,
  topK: 5,
  seed: 7,
  stopSequences: ['END'],
};

describe('the span of a call of Gemini (P2, P3)', () => {
  it.each(FORMS)('says of $form what was asked, answered and paid for', async ({ call }) => {
    const span = await call(
      {
        thinking: 'Let me see.',
        text: 'Cold, I am told.',
        toolCalls: [{ id: 'c1', name: 'get_weather', arguments: { city: 'Oslo' } }],
        finishReason: 'stop',
        usage: { inputTokens: 100, cachedInputTokens: 60, outputTokens: 20, reasoningTokens: 5 },
      },
      { config },
    );

    expect(span).toMatchObject({
      name: 'generate_content gemini-2.5-flash',
      kind: 2,
      status: { code: 0 },
      events: [],
    });
    expect(span.attributes).toMatchObject({
      'agentops.span.kind': 'llm',
      'gen_ai.operation.name': 'generate_content',
      'gen_ai.provider.name': 'gcp.gemini',
      'gen_ai.request.max_tokens': 50,
      'gen_ai.request.temperature': 0,
      'gen_ai.request.top_p': 0.9,
      'gen_ai.request.top_k': 5,
      'gen_ai.request.seed': 7,
      'gen_ai.request.stop_sequences': ['END'],
      'gen_ai.response.id': 'response-0000000000000000000001',
      'gen_ai.response.finish_reasons': ['stop'],
      'gen_ai.usage.input_tokens': 100,
      'gen_ai.usage.cache_read.input_tokens': 60,
      'gen_ai.usage.output_tokens': 20,
      'gen_ai.usage.reasoning.output_tokens': 5,
      'server.address': '127.0.0.1',
    });
    expect(span.attributes['agentops.cost.total']).toBeGreaterThan(0);
    expect(jsonOf(span, 'gen_ai.system_instructions')).toEqual([{ type: 'text', content: 'Be brief.' }]);
    expect(jsonOf(span, 'gen_ai.tool.definitions')).toEqual([{ type: 'function', ...weather }]);
    expect(jsonOf(span, 'gen_ai.input.messages')).toEqual([
      { role: 'user', parts: [{ type: 'text', content: 'How warm is it?' }] },
    ]);
    expect(jsonOf(span, 'gen_ai.output.messages')).toEqual([
      {
        role: 'assistant',
        parts: [
          { type: 'reasoning', content: 'Let me see.' },
          { type: 'tool_call', id: 'c1', name: 'get_weather', arguments: { city: 'Oslo' } },
          { type: 'text', content: 'Cold, I am told.' },
        ],
        finish_reason: 'stop',
      },
    ]);
  });

  it('times the first chunk of a stream, and keeps what had arrived of one that is left', async () => {
    const reply = { text: 'It is quite warm today.', chunking: { size: 6 } };
    const span = await recordCall(always(reply), async (url) => {
      for await (const _chunk of await instrument(client(url)).models.generateContentStream(request({})))
        break;
    });

    expect(span.attributes['gen_ai.response.time_to_first_chunk']).toBeGreaterThan(0);
    expect(span.attributes['agentops.stream.truncated']).toBe(true);
    expect(jsonOf(span, 'gen_ai.output.messages')).toEqual([
      { role: 'assistant', parts: [{ type: 'text', content: 'It is ' }] },
    ]);
  });

  it('carries a whole conversation', async () => {
    const span = await ask(
      { text: 'Sunny.' },
      {
        contents: [
          {
            role: 'user',
            parts: [
              { text: 'Here?' },
              { inlineData: { mimeType: 'image/png', data: 'iVBORw0=' } },
              { fileData: { mimeType: 'video/mp4', fileUri: 'https://example.org/sky.mp4' } },
            ],
          },
          {
            role: 'model',
            parts: [{ functionCall: { id: 'c1', name: 'get_weather', args: { city: 'Oslo' } } }],
          },
          {
            role: 'user',
            parts: [{ functionResponse: { id: 'c1', name: 'get_weather', response: { output: 'snow' } } }],
          },
        ],
      },
    );

    expect(jsonOf(span, 'gen_ai.input.messages')).toEqual([
      {
        role: 'user',
        parts: [
          { type: 'text', content: 'Here?' },
          { type: 'blob', modality: 'image', mime_type: 'image/png', content: 'iVBORw0=' },
          { type: 'uri', modality: 'video', uri: 'https://example.org/sky.mp4' },
        ],
      },
      {
        role: 'assistant',
        parts: [{ type: 'tool_call', id: 'c1', name: 'get_weather', arguments: { city: 'Oslo' } }],
      },
      { role: 'tool', parts: [{ type: 'tool_call_response', id: 'c1', response: { output: 'snow' } }] },
    ]);
  });

  it('is one for each request of a call that asks again by itself', async () => {
    const tool = {
      tool: async () => ({ functionDeclarations: [weather] }),
      callTool: async () => [{ functionResponse: { name: 'get_weather', response: { output: 'snow' } } }],
    };
    const { calls } = await recordCalls(
      sequence([{ toolCalls: [{ name: 'get_weather', arguments: {} }] }, { text: 'Snow.' }]),
      async (url) => {
        const { models } = instrument(client(url));
        const answer = await models.generateContent(request({ config: { tools: [tool] } }));
        expect(answer.text).toBe('Snow.');
      },
    );
    expect(calls).toHaveLength(2);
  });

  it('covers a chat', async () => {
    const { calls } = await recordCalls(always({ text: 'Warm.' }), async (url) => {
      const chat = instrument(client(url)).chats.create({ model: 'gemini-2.5-flash' });
      await chat.sendMessage({ message: 'How warm is it?' });
      await readAll(await chat.sendMessageStream({ message: 'And now?' }));
    });
    expect(calls).toHaveLength(2);
    expect(jsonOf(calls[1]!, 'gen_ai.input.messages')).toHaveLength(3);
  });

  it('fails with the API’s own word', async () => {
    const reply = { text: '', fault: { kind: 'status' as const, status: 429, message: 'Slow down.' } };
    const { calls } = await recordCalls(always(reply), (url) =>
      expect(instrument(client(url)).models.generateContent(request({}))).rejects.toMatchObject({
        status: 429,
      }),
    );
    expect(calls[0]).toMatchObject({ status: { code: 2 } });
    expect(calls[0]?.attributes['error.type']).toBe('RESOURCE_EXHAUSTED');
  });

  it('of embeddings has the number of dimensions', async () => {
    const span = await recordCall(always({}), async (url) => {
      const contents = ['a', 'b'];
      await instrument(client(url)).models.embedContent({ model: 'gemini-embedding-001', contents });
    });
    expect(span.name).toBe('embeddings gemini-embedding-001');
    expect(span.attributes['gen_ai.embeddings.dimension.count']).toBe(768);
  });
});

describe('calls of Gemini (P6)', () => {
  it('answer as they do without instrumentation, and send the same requests', async () => {
    const stage = () => ({
      script: always({ thinking: 'Hm.', text: 'Warm.', chunking: { size: 2 } }),
      program: async ({ url, instrument, note }: World) => {
        const { models } = instrument(client(url));
        const answer = await models.generateContent(request({ config }));
        note([answer.text, answer.constructor.name, answer.usageMetadata]);
        const stream = await models.generateContentStream(request({}));
        note(Object.prototype.toString.call(stream));
        const first = await stream.next();
        note([first.done, first.value.text]);
        for await (const chunk of stream) note([chunk.text, chunk.candidates]);
        await models.generateContent({ model: '', contents: '' });
      },
    });
    const { plain, watched, calls } = await controlRun(stage);

    expect(watched).toEqual(plain);
    expect(plain.seen.length).toBeGreaterThan(5);
    expect(calls.map(({ status }) => status.code)).toEqual([0, 0, 2]);
  });
});
