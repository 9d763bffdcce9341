import { describe, expect, it } from 'vitest';
import { INPUT_MESSAGES, OUTPUT_MESSAGES, SYSTEM_INSTRUCTIONS } from '../../src/semconv.ts';
import { chatOf, toolNames } from '../../src/span/messages.ts';

describe('the chat of an LLM call', () => {
  it('reads every part of the conventions’ schema', () => {
    const chat = chatOf({
      [SYSTEM_INSTRUCTIONS]: JSON.stringify([{ type: 'text', content: 'Be brief.' }]),
      [INPUT_MESSAGES]: JSON.stringify([
        {
          role: 'user',
          parts: [
            { type: 'text', content: 'Price?' },
            { type: 'uri', modality: 'image', uri: 'x' },
          ],
        },
        { role: 'tool', parts: [{ type: 'tool_call_response', id: 'c1', response: { price: 5 } }] },
      ]),
      [OUTPUT_MESSAGES]: JSON.stringify([
        {
          role: 'assistant',
          parts: [
            { type: 'reasoning', content: 'Look it up.' },
            { type: 'tool_call', id: 'c1', name: 'lookup', arguments: { item: 'cell' } },
          ],
          finish_reason: 'tool_call',
        },
      ]),
    });
    expect(chat).toEqual({
      input: [
        { role: 'system', parts: [{ type: 'text', text: 'Be brief.' }], finishReason: null },
        {
          role: 'user',
          parts: [
            { type: 'text', text: 'Price?' },
            { type: 'other', label: 'image', value: { type: 'uri', modality: 'image', uri: 'x' } },
          ],
          finishReason: null,
        },
        {
          role: 'tool',
          parts: [{ type: 'tool_result', id: 'c1', result: { price: 5 } }],
          finishReason: null,
        },
      ],
      output: [
        {
          role: 'assistant',
          parts: [
            { type: 'reasoning', text: 'Look it up.' },
            { type: 'tool_call', id: 'c1', name: 'lookup', arguments: { item: 'cell' } },
          ],
          finishReason: 'tool_call',
        },
      ],
    });
    expect(toolNames(chat!).get('c1')).toBe('lookup');
  });

  it('shows content that was cut off, or is plain text, as text', () => {
    const cut = '[{"role":"user","parts":[{"type":"text","content":"A very long';
    const chat = chatOf({ [INPUT_MESSAGES]: cut, [OUTPUT_MESSAGES]: 'fine' });
    expect(chat?.input).toEqual([{ role: 'user', parts: [{ type: 'text', text: cut }], finishReason: null }]);
    expect(chat?.output[0]?.parts).toEqual([{ type: 'text', text: 'fine' }]);
  });

  it('reads messages whose content is a string, and messages that came as structured values', () => {
    const chat = chatOf({ [INPUT_MESSAGES]: [{ role: 'user', content: 'Hello' }] });
    expect(chat?.input[0]?.parts).toEqual([{ type: 'text', text: 'Hello' }]);
  });

  it('is absent where nothing was captured', () => {
    expect(chatOf({ 'gen_ai.request.model': 'gpt-4o' })).toBeNull();
  });
});
