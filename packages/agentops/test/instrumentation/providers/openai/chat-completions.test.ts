import { always, sequence, startModelServer } from '@agentops/model-server';
import { instrument, shutdown } from 'agentops';
import { LengthFinishReasonError } from 'openai/error';
import { describe, expect, it } from 'vitest';
import { jsonOf, startRecording } from '../../../support/recording.ts';
import { openaiClient } from '../support/provider-case.ts';
import { recordCall, recordCalls } from '../support/record-calls.ts';
import { ask, askStream, request } from './ask.ts';

/** Whole or streamed, an answer leaves the same span. */
const FORMS = [
  { form: 'a whole answer', call: ask },
  { form: 'a streamed answer', call: askStream },
];

const weather = {
  type: 'function' as const,
  function: {
    name: 'get_weather',
    description: 'Tells the weather.',
    parameters: { type: 'object', properties: { city: { type: 'string' } } },
  },
};

describe('the span of a chat completion (P2, P3)', () => {
  it('says what was asked of which model and where', async () => {
    const call = await ask(
      { text: 'Warm.', model: 'gpt-4o-2024-11-20' },
      {
        max_completion_tokens: 50,
        temperature: 0,
        top_p: 0.9,
        seed: 7,
        stop: 'END',
        frequency_penalty: 0.1,
        presence_penalty: 0.2,
      },
    );

    expect(call).toMatchObject({ name: 'chat gpt-4o', kind: 2, status: { code: 0 }, events: [] });
    expect(call.attributes).toMatchObject({
      'agentops.span.kind': 'llm',
      'event.type': 'llms',
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.request.max_tokens': 50,
      'gen_ai.request.temperature': 0,
      'gen_ai.request.top_p': 0.9,
      'gen_ai.request.seed': 7,
      'gen_ai.request.stop_sequences': ['END'],
      'gen_ai.request.frequency_penalty': 0.1,
      'gen_ai.request.presence_penalty': 0.2,
      'gen_ai.response.model': 'gpt-4o-2024-11-20',
      'gen_ai.response.id': 'chatcmpl-0000000000000000000001',
      'gen_ai.response.finish_reasons': ['stop'],
      'server.address': '127.0.0.1',
    });
    expect(call.attributes['server.port']).toBeGreaterThan(0);
    expect(call.attributes).not.toHaveProperty(['gen_ai.request.stream']);
    expect(call.attributes).not.toHaveProperty(['gen_ai.request.choice.count']);
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
        finish_reason: 'stop',
      },
    ]);
  });

  it('carries a whole conversation: instructions, images, files, tool calls and their results', async () => {
    const call = await ask(
      { text: 'Sunny.' },
      {
        tools: [weather],
        messages: [
          { role: 'system', content: 'Be brief.' },
          {
            role: 'user',
            name: 'ada',
            content: [
              { type: 'text', text: 'Here?' },
              { type: 'image_url', image_url: { url: 'https://example.org/sky.png' } },
              { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0=' } },
              { type: 'input_audio', input_audio: { format: 'wav', data: 'UklGRg==' } },
              { type: 'file', file: { file_id: 'file-1' } },
            ],
          },
          {
            role: 'assistant',
            content: null,
            tool_calls: [
              { id: 'c1', type: 'function', function: { name: 'get_weather', arguments: '{"city":"Oslo"}' } },
              { id: 'c2', type: 'function', function: { name: 'get_weather', arguments: '{"city":' } },
            ],
          },
          { role: 'tool', tool_call_id: 'c1', content: [{ type: 'text', text: 'sunny' }] },
        ],
      },
    );

    expect(jsonOf(call, 'gen_ai.input.messages')).toEqual([
      { role: 'system', parts: [{ type: 'text', content: 'Be brief.' }] },
      {
        role: 'user',
        name: 'ada',
        parts: [
          { type: 'text', content: 'Here?' },
          { type: 'uri', modality: 'image', uri: 'https://example.org/sky.png' },
          { type: 'blob', modality: 'image', mime_type: 'image/png', content: 'iVBORw0=' },
          { type: 'blob', modality: 'audio', mime_type: 'audio/wav', content: 'UklGRg==' },
          { type: 'file', file_id: 'file-1' },
        ],
      },
      {
        role: 'assistant',
        parts: [
          { type: 'tool_call', id: 'c1', name: 'get_weather', arguments: { city: 'Oslo' } },
          { type: 'tool_call', id: 'c2', name: 'get_weather', arguments: '{"city":' },
        ],
      },
      { role: 'tool', parts: [{ type: 'tool_call_response', id: 'c1', response: 'sunny' }] },
    ]);
    expect(jsonOf(call, 'gen_ai.tool.definitions')).toEqual([{ type: 'function', ...weather.function }]);
  });

  it.each(FORMS)('keeps the parallel tool calls of $form apart', async ({ call }) => {
    const span = await call(
      {
        toolCalls: [
          { id: 'c1', name: 'get_weather', arguments: { city: 'Reykjavík' } },
          { id: 'c2', name: 'get_weather', arguments: { city: 'Kuala Lumpur' } },
        ],
      },
      { tools: [weather] },
    );

    expect(span.attributes['gen_ai.response.finish_reasons']).toEqual(['tool_calls']);
    expect(jsonOf(span, 'gen_ai.output.messages')).toEqual([
      {
        role: 'assistant',
        parts: [
          { type: 'tool_call', id: 'c1', name: 'get_weather', arguments: { city: 'Reykjavík' } },
          { type: 'tool_call', id: 'c2', name: 'get_weather', arguments: { city: 'Kuala Lumpur' } },
        ],
        finish_reason: 'tool_calls',
      },
    ]);
  });

  it.each(FORMS)('keeps every choice of $form', async ({ call }) => {
    const span = await call(
      { choices: [{ text: 'Warm.' }, { text: 'Hot!', finishReason: 'length' }] },
      { n: 2 },
    );

    expect(span.attributes).toMatchObject({
      'gen_ai.request.choice.count': 2,
      'gen_ai.response.finish_reasons': ['stop', 'length'],
    });
    expect(jsonOf(span, 'gen_ai.output.messages')).toEqual([
      { role: 'assistant', parts: [{ type: 'text', content: 'Warm.' }], finish_reason: 'stop' },
      { role: 'assistant', parts: [{ type: 'text', content: 'Hot!' }], finish_reason: 'length' },
    ]);
  });

  it.each(FORMS)('tells the refusal of $form from an answer', async ({ call }) => {
    const span = await call({ refusal: 'I would rather not say.' });

    expect(jsonOf(span, 'gen_ai.output.messages')).toMatchObject([
      { parts: [{ type: 'refusal', content: 'I would rather not say.' }] },
    ]);
  });

  it('knows structured output', async () => {
    const format = {
      type: 'json_schema' as const,
      json_schema: { name: 'answer', schema: { type: 'object' } },
    };
    const call = await recordCall(always({ text: '{"degrees":21}' }), async (url) => {
      const { completions } = instrument(openaiClient(url)).chat;
      const { choices } = await completions.parse(request({ response_format: format }));
      expect(choices[0]?.message.parsed).toEqual({ degrees: 21 });
    });

    expect(call.attributes['gen_ai.output.type']).toBe('json');
    expect(jsonOf(call, 'gen_ai.output.messages')).toMatchObject([
      { parts: [{ type: 'text', content: '{"degrees":21}' }] },
    ]);
  });

  it('keeps what was answered and paid for when parse() cannot use it', async () => {
    const format = {
      type: 'json_schema' as const,
      json_schema: { name: 'answer', schema: { type: 'object' } },
    };
    const call = await recordCall(always({ text: '{"degr', finishReason: 'length' }), async (url) => {
      const { completions } = instrument(openaiClient(url)).chat;
      await expect(completions.parse(request({ response_format: format }))).rejects.toThrow(
        LengthFinishReasonError,
      );
    });

    expect(call.attributes['gen_ai.response.finish_reasons']).toEqual(['length']);
    expect(call.attributes['gen_ai.usage.output_tokens']).toBe(2);
  });

  it('ends without content when the raw response of parse() is asked for', async () => {
    const call = await recordCall(always({ text: '{}' }), async (url) => {
      const { completions } = instrument(openaiClient(url)).chat;
      const response = await completions.parse(request({})).asResponse();
      expect(await response.json()).toMatchObject({ object: 'chat.completion' });
    });

    expect(call.status.code).toBe(0);
    expect(call.attributes).not.toHaveProperty(['gen_ai.output.messages']);
  });

  it('counts in its session where asResponse() is the last that happens there', async () => {
    await using model = await startModelServer({ script: always({ text: 'Sunny.' }) });
    const { client } = startRecording();
    const { completions } = instrument(openaiClient(model.url)).chat;
    const run = client.startSession({ name: 'raw' });
    const answer = run.run(() => completions.create(request({})).asResponse());
    const ended = answer.then(() => run.end('Success'));
    await Promise.all([answer, ended]);

    expect(run.telemetry.counts.llms).toBe(1);
    await shutdown();
  });

  it('is one for each request of runTools()', async () => {
    const { calls } = await recordCalls(
      sequence([{ toolCalls: [{ name: 'get_weather', arguments: { city: 'Oslo' } }] }, { text: 'Sunny.' }]),
      async (url) => {
        const runner = instrument(openaiClient(url)).chat.completions.runTools({
          ...request({}),
          tools: [{ type: 'function', function: { ...weather.function, function: async () => 'sunny' } }],
        });
        expect(await runner.finalContent()).toBe('Sunny.');
      },
    );

    expect(calls.map((call) => call.attributes['gen_ai.response.finish_reasons'])).toEqual([
      ['tool_calls'],
      ['stop'],
    ]);
    expect(jsonOf(calls[1]!, 'gen_ai.input.messages')).toMatchObject([
      { role: 'user' },
      { role: 'assistant', parts: [{ type: 'tool_call', name: 'get_weather' }] },
      { role: 'tool', parts: [{ type: 'tool_call_response', response: 'sunny' }] },
    ]);
  });
});
