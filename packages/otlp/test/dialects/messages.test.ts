import type { Attributes } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { rowOf } from '../recorded-spans.ts';

/** The messages a span with these attributes has in its row. */
function messagesOf(attributes: Attributes) {
  const row = rowOf(attributes);
  const parse = (value: unknown) => (typeof value === 'string' ? JSON.parse(value) : value);
  return {
    input: parse(row.attributes['gen_ai.input.messages']),
    output: parse(row.attributes['gen_ai.output.messages']),
  };
}

describe('P4: messages of OpenLLMetry', () => {
  const attributes = {
    'gen_ai.prompt.0.role': 'system',
    'gen_ai.prompt.0.content': 'Be brief.',
    'gen_ai.prompt.1.role': 'user',
    'gen_ai.prompt.1.content': 'Weather in Paris?',
    'gen_ai.prompt.2.role': 'tool',
    'gen_ai.prompt.2.tool_call_id': 'call_0',
    'gen_ai.prompt.2.content': '{"temperature":21}',
    'gen_ai.completion.0.role': 'assistant',
    'gen_ai.completion.0.content': 'Looking.',
    'gen_ai.completion.0.finish_reason': 'tool_calls',
    'gen_ai.completion.0.tool_calls.0.id': 'call_1',
    'gen_ai.completion.0.tool_calls.0.name': 'weather',
    'gen_ai.completion.0.tool_calls.0.arguments': '{"city":"Paris"}',
    'gen_ai.completion.0.tool_calls.1.name': 'time',
  };

  it('become the messages of the conventions', () => {
    expect(messagesOf(attributes)).toEqual({
      input: [
        { role: 'system', parts: [{ type: 'text', content: 'Be brief.' }] },
        { role: 'user', parts: [{ type: 'text', content: 'Weather in Paris?' }] },
        {
          role: 'tool',
          parts: [{ type: 'tool_call_response', id: 'call_0', response: '{"temperature":21}' }],
        },
      ],
      output: [
        {
          role: 'assistant',
          parts: [
            { type: 'text', content: 'Looking.' },
            { type: 'tool_call', id: 'call_1', name: 'weather', arguments: '{"city":"Paris"}' },
            { type: 'tool_call', id: null, name: 'time', arguments: null },
          ],
          finish_reason: 'tool_calls',
        },
      ],
    });
  });

  it('keep their own attributes', () => {
    expect(rowOf(attributes).attributes).toMatchObject(attributes);
  });

  it('are in the order of their indices, not of their names', () => {
    const indices = [10, 2, 0];
    const prompts = Object.fromEntries(
      indices.map((index) => [`gen_ai.prompt.${index}.content`, `message ${index}`]),
    );
    const { input } = messagesOf(prompts);
    expect(input.map((message: { parts: [{ content: string }] }) => message.parts[0].content)).toEqual([
      'message 0',
      'message 2',
      'message 10',
    ]);
  });

  it('may call a function in the older form', () => {
    const call = {
      'gen_ai.completion.0.function_call.name': 'weather',
      'gen_ai.completion.0.function_call.arguments': '{}',
    };
    expect(messagesOf(call).output).toEqual([
      { role: 'assistant', parts: [{ type: 'tool_call', id: null, name: 'weather', arguments: '{}' }] },
    ]);
  });
});

describe('P4: messages of OpenInference', () => {
  it('become the messages of the conventions', () => {
    const attributes = {
      'llm.input_messages.0.message.role': 'user',
      'llm.input_messages.0.message.contents.0.message_content.type': 'text',
      'llm.input_messages.0.message.contents.0.message_content.text': 'What is this?',
      'llm.input_messages.0.message.contents.1.message_content.type': 'image',
      'llm.input_messages.0.message.contents.1.message_content.image.image.url':
        'https://example.com/cat.png',
      'llm.input_messages.1.message.role': 'tool',
      'llm.input_messages.1.message.tool_call_id': 'call_0',
      'llm.input_messages.1.message.content': 'a cat',
      'llm.output_messages.0.message.role': 'assistant',
      'llm.output_messages.0.message.content': 'A cat.',
      'llm.output_messages.0.message.tool_calls.0.tool_call.id': 'call_1',
      'llm.output_messages.0.message.tool_calls.0.tool_call.function.name': 'feed',
      'llm.output_messages.0.message.tool_calls.0.tool_call.function.arguments': '{"animal":"cat"}',
    };
    expect(messagesOf(attributes)).toEqual({
      input: [
        {
          role: 'user',
          parts: [
            { type: 'text', content: 'What is this?' },
            { type: 'uri', modality: 'image', uri: 'https://example.com/cat.png' },
          ],
        },
        { role: 'tool', parts: [{ type: 'tool_call_response', id: 'call_0', response: 'a cat' }] },
      ],
      output: [
        {
          role: 'assistant',
          parts: [
            { type: 'text', content: 'A cat.' },
            { type: 'tool_call', id: 'call_1', name: 'feed', arguments: '{"animal":"cat"}' },
          ],
        },
      ],
    });
  });
});

describe('P4: messages', () => {
  it('the sender wrote itself are left as they are', () => {
    const own = JSON.stringify([{ role: 'user', parts: [{ type: 'text', content: 'own' }] }]);
    const { input } = messagesOf({ 'gen_ai.input.messages': own, 'gen_ai.prompt.0.content': 'other' });
    expect(input).toEqual(JSON.parse(own));
  });

  it('are absent where nothing tells them', () => {
    const none = {
      'gen_ai.prompt': 'no index',
      'gen_ai.prompt.x.content': 'no number',
      'gen_ai.completion.0.role': 'assistant',
    };
    expect(messagesOf(none)).toEqual({ input: undefined, output: undefined });
  });
});
