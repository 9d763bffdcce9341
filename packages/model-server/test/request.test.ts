import type { ModelRequest, Script } from '@agentops/model-server';
import { describe, expect, it } from 'vitest';
import { stage } from './stage.ts';

const schema = { type: 'object' as const, properties: { city: { type: 'string' } } };

/** A script that keeps what it was asked. */
function listener(): { script: Script; asked: ModelRequest[] } {
  const asked: ModelRequest[] = [];
  return {
    asked,
    script: (request) => {
      asked.push(request);
      return { text: 'ok' };
    },
  };
}

describe('what a script is asked', () => {
  it('is the same conversation whichever provider it was meant for', async () => {
    const { script, asked } = listener();
    const { openai, anthropic } = await stage(script);
    const call = (id: string, city: string) => ({
      id,
      type: 'function' as const,
      function: { name: 'weather', arguments: JSON.stringify({ city }) },
    });
    await openai.chat.completions.create({
      model: 'm',
      messages: [
        { role: 'system', content: 'Be brief.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Warmer ' },
            { type: 'text', text: 'where?' },
          ],
        },
        { role: 'assistant', content: 'Looking.', tool_calls: [call('a', 'Oslo'), call('b', 'Rome')] },
        { role: 'tool', tool_call_id: 'a', content: '3 °C' },
        { role: 'tool', tool_call_id: 'b', content: '17 °C' },
        { role: 'user', content: 'Well?' },
      ],
      tools: [{ type: 'function', function: { name: 'weather', description: 'Now', parameters: schema } }],
    });
    await anthropic.messages.create({
      model: 'm',
      max_tokens: 64,
      system: [{ type: 'text', text: 'Be brief.' }],
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Warmer ' },
            { type: 'text', text: 'where?' },
          ],
        },
        {
          role: 'assistant',
          content: [
            { type: 'text', text: 'Looking.' },
            { type: 'tool_use', id: 'a', name: 'weather', input: { city: 'Oslo' } },
            { type: 'tool_use', id: 'b', name: 'weather', input: { city: 'Rome' } },
          ],
        },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 'a', content: '3 °C' },
            { type: 'tool_result', tool_use_id: 'b', content: [{ type: 'text', text: '17 °C' }] },
            { type: 'text', text: 'Well?' },
          ],
        },
      ],
      tools: [{ name: 'weather', description: 'Now', input_schema: schema }],
    });
    const [fromOpenAI, fromAnthropic] = asked.map(({ body, provider, index, ...same }) => same);
    expect(fromAnthropic).toEqual(fromOpenAI);
    expect(fromOpenAI).toEqual({
      operation: 'chat',
      model: 'm',
      system: 'Be brief.',
      messages: [
        { role: 'user', text: 'Warmer where?', toolCalls: [], toolResults: [] },
        {
          role: 'assistant',
          text: 'Looking.',
          toolCalls: [
            { id: 'a', name: 'weather', arguments: { city: 'Oslo' } },
            { id: 'b', name: 'weather', arguments: { city: 'Rome' } },
          ],
          toolResults: [],
        },
        {
          role: 'tool',
          text: '',
          toolCalls: [],
          toolResults: [
            { id: 'a', content: '3 °C', isError: false },
            { id: 'b', content: '17 °C', isError: false },
          ],
        },
        { role: 'user', text: 'Well?', toolCalls: [], toolResults: [] },
      ],
      tools: [{ name: 'weather', description: 'Now', parameters: schema }],
      inputs: [],
      choiceCount: 1,
      stream: false,
    });
  });

  it('says which provider, how many requests came before, and what else the body holds', async () => {
    const { script, asked } = listener();
    const { openai, anthropic } = await stage(script);
    const messages = [{ role: 'user' as const, content: 'Hi' }];
    await openai.chat.completions.create({ model: 'm', messages, temperature: 0.2, n: 2, stream: true });
    await anthropic.messages.create({ model: 'm', max_tokens: 5, messages, stop_sequences: ['.'] });
    await openai.embeddings.create({ model: 'm', input: ['a', 'b'] });
    expect(asked).toMatchObject([
      { provider: 'openai', index: 0, stream: true, choiceCount: 2, body: { temperature: 0.2 } },
      { provider: 'anthropic', index: 1, stream: false, body: { stop_sequences: ['.'] } },
      { provider: 'openai', index: 2, operation: 'embeddings', inputs: ['a', 'b'], messages: [] },
    ]);
  });

  it('tells a tool that failed', async () => {
    const { script, asked } = listener();
    const { anthropic } = await stage(script);
    const result = {
      type: 'tool_result' as const,
      tool_use_id: 'a',
      content: 'no such city',
      is_error: true,
    };
    await anthropic.messages.create({
      model: 'm',
      max_tokens: 5,
      messages: [{ role: 'user', content: [result] }],
    });
    expect(asked[0]?.messages).toEqual([
      {
        role: 'tool',
        text: '',
        toolCalls: [],
        toolResults: [{ id: 'a', content: 'no such city', isError: true }],
      },
    ]);
  });
});
