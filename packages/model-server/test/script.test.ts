import { echo, sequence } from '@agentops/model-server';
import { describe, expect, it } from 'vitest';
import { stage } from './stage.ts';

const message = (content: string) => ({
  model: 'claude-sonnet-5',
  max_tokens: 64,
  messages: [{ role: 'user' as const, content }],
});
const chat = (content: string) => ({ model: 'gpt-4o', messages: [{ role: 'user' as const, content }] });

describe('a sequence', () => {
  it('plays its parts in order, replies and scripts alike', async () => {
    const { openai } = await stage(sequence([{ text: 'first' }, echo(), async () => ({ text: 'third' })]));
    const say = async (content: string) =>
      (await openai.chat.completions.create(chat(content))).choices[0]?.message.content;
    expect([await say('1'), await say('second'), await say('3')]).toEqual(['first', 'second', 'third']);
  });

  it("is an error in the provider's own envelope once it has been played", async () => {
    const { openai, anthropic } = await stage(sequence([{ text: 'only' }]));
    await openai.chat.completions.create(chat('Hi'));
    const exhausted = /no reply left: its sequence of 1 had been played/;
    await expect(openai.chat.completions.create(chat('Hi'))).rejects.toMatchObject({
      status: 500,
      type: 'server_error',
      message: expect.stringMatching(exhausted),
    });
    await expect(anthropic.messages.create(message('Hi'))).rejects.toMatchObject({
      status: 500,
      type: 'api_error',
      apiMessage: expect.stringMatching(exhausted),
    });
  });
});

describe('a script that fails', () => {
  it('is a 500 that carries its message', async () => {
    const { openai, anthropic } = await stage(async () => {
      throw new TypeError('the script is wrong');
    });
    await expect(openai.chat.completions.create(chat('Hi'))).rejects.toMatchObject({
      status: 500,
      error: { message: 'the script is wrong', type: 'server_error', param: null, code: null },
    });
    await expect(anthropic.messages.create(message('Hi'))).rejects.toMatchObject({
      status: 500,
      apiMessage: 'the script is wrong',
    });
  });

  it('is told of what cannot be: choices nobody asked for, parts greater than the whole', async () => {
    const { anthropic } = await stage(
      sequence([
        { choices: [{ text: 'A' }, { text: 'B' }] },
        { usage: { inputTokens: 10, cachedInputTokens: 11 } },
        { usage: { outputTokens: 1, reasoningTokens: 2 } },
        { text: 'ok', chunking: { size: 0 } },
      ]),
    );
    const complaint = () => anthropic.messages.stream(message('Hi')).finalMessage();
    await expect(complaint()).rejects.toThrow('2 choices to an anthropic request for 1');
    await expect(complaint()).rejects.toThrow('11 cached tokens but only 10 inputTokens');
    await expect(complaint()).rejects.toThrow('2 reasoningTokens but only 1 outputTokens');
    await expect(complaint()).rejects.toThrow('chunking.size is 0');
  });
});

describe('an echo', () => {
  it('says tool results back where there is no text', async () => {
    const { openai } = await stage(echo());
    const { choices } = await openai.chat.completions.create({
      model: 'gpt-4o',
      messages: [{ role: 'tool', tool_call_id: 'a', content: '3 °C' }],
    });
    expect(choices[0]?.message.content).toBe('3 °C');
  });
});
