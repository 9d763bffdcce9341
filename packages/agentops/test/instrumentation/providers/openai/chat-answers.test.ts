import { describe, expect, it } from 'vitest';
import { jsonOf } from '../../../support/recording.ts';
import { callGiven } from '../support/given-answer.ts';
import { openaiClient } from '../support/provider-case.ts';

const body = { model: 'gpt-4o', messages: [{ role: 'user' as const, content: 'How warm is it?' }] };
const citation = { type: 'url_citation', url_citation: { url: 'https://example.org', title: 'Weather' } };

const whole = (message: object, more: object = {}) => ({
  ...{
    model: 'gpt-4o',
    choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason: 'stop' }],
  },
  ...more,
});
const streamed = (...deltas: object[]) => [
  ...deltas.map((delta) => ({ model: 'gpt-4o', choices: [{ index: 0, delta, finish_reason: null }] })),
  { model: 'gpt-4o', choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] },
];

const ask = (answer: unknown) =>
  callGiven(openaiClient('http://127.0.0.1'), answer, ({ chat }) =>
    chat.completions.create({ ...body, stream: Array.isArray(answer) } as never),
  );

describe('what else an answer of chat completions may hold (P2)', () => {
  it.each<[string, object, object[], object[]]>([
    [
      'the thoughts of DeepSeek',
      { reasoning_content: 'North.', content: 'Cold.' },
      [
        { reasoning_content: 'Nor', content: null, tool_calls: null, function_call: null },
        { reasoning_content: 'th.' },
        { content: 'Cold.' },
      ],
      [
        { type: 'reasoning', content: 'North.' },
        { type: 'text', content: 'Cold.' },
      ],
    ],
    [
      'the thoughts of OpenRouter',
      { reasoning: 'North.', content: 'Cold.' },
      [{ reasoning: 'North.', content: '' }, { content: 'Cold.' }],
      [
        { type: 'reasoning', content: 'North.' },
        { type: 'text', content: 'Cold.' },
      ],
    ],
    [
      'what a web search rests on',
      { content: 'Cold.', annotations: [citation] },
      [{ content: 'Cold.' }, { annotations: [citation] }],
      [{ type: 'text', content: 'Cold.', citations: [citation] }],
    ],
    [
      'speech',
      { content: null, audio: { id: 'a1', data: 'AAAA', transcript: 'It is cold.' } },
      [{ audio: { id: 'a1', transcript: 'It is ' } }, { audio: { transcript: 'cold.', data: 'AAAA' } }],
      [{ type: 'audio', transcript: 'It is cold.' }],
    ],
    [
      'a function call of the older kind',
      { content: null, function_call: { name: 'measure', arguments: '{"at":"sea"}' } },
      [
        { function_call: { name: 'measure', arguments: '' } },
        { function_call: { arguments: '{"at":' } },
        { function_call: { arguments: '"sea"}' } },
      ],
      [{ type: 'tool_call', id: null, name: 'measure', arguments: { at: 'sea' } }],
    ],
    [
      'a call of a custom tool',
      {
        content: null,
        tool_calls: [{ id: 'c1', type: 'custom', custom: { name: 'run', input: 'measure()' } }],
      },
      [
        { tool_calls: [{ index: 0, id: 'c1', type: 'custom', custom: { name: 'run', input: '' } }] },
        { tool_calls: [{ index: 0, custom: { input: 'measure' } }] },
        { tool_calls: [{ index: 0, custom: { input: '()' } }] },
      ],
      [{ type: 'tool_call', id: 'c1', name: 'run', arguments: 'measure()' }],
    ],
    [
      'a call of which each piece says whose it is, or says nothing',
      { tool_calls: [{ id: 'c1', function: { name: 'measure', arguments: '{"at":"sea"}' } }] },
      [
        { tool_calls: [{ index: 0, id: 'c1', function: { name: 'measure', arguments: '' } }] },
        { tool_calls: [{ index: 0, id: 'c1', function: { name: 'measure', arguments: '{"at":' } }] },
        { tool_calls: [{ index: 0, id: '', function: { name: '', arguments: '"sea"}' } }] },
      ],
      [{ type: 'tool_call', id: 'c1', name: 'measure', arguments: { at: 'sea' } }],
    ],
    [
      'parallel calls of a server that knows one index',
      {
        tool_calls: [
          { id: 'c1', function: { name: 'measure', arguments: '{"at":"sea"}' } },
          { id: 'c2', function: { name: 'measure', arguments: '{"at":"land"}' } },
        ],
      },
      [
        { tool_calls: [{ index: 0, id: 'c1', function: { name: 'measure', arguments: '{"at":"sea"}' } }] },
        { tool_calls: [{ index: 0, id: 'c2', function: { name: 'measure', arguments: '{"at":"land"}' } }] },
      ],
      [
        { type: 'tool_call', id: 'c1', name: 'measure', arguments: { at: 'sea' } },
        { type: 'tool_call', id: 'c2', name: 'measure', arguments: { at: 'land' } },
      ],
    ],
  ])('%s, whole or streamed', async (_what, message, deltas, parts) => {
    const expected = [{ role: 'assistant', parts, finish_reason: 'stop' }];

    expect(jsonOf(await ask(whole(message)), 'gen_ai.output.messages')).toEqual(expected);
    expect(jsonOf(await ask(streamed(...deltas)), 'gen_ai.output.messages')).toEqual(expected);
  });

  it('what it was served as, which its price follows, and audio among its tokens', async () => {
    const usage = {
      prompt_tokens: 1000,
      completion_tokens: 1000,
      prompt_tokens_details: { audio_tokens: 100 },
      completion_tokens_details: { audio_tokens: 100 },
    };
    const standard = await ask(whole({ content: 'Cold.' }, { usage, service_tier: 'default' }));
    const flex = await ask(whole({ content: 'Cold.' }, { usage, service_tier: 'flex' }));
    const priority = await ask(whole({ content: 'Cold.' }, { usage, service_tier: 'priority' }));
    const chunks = streamed({ content: 'Cold.' }).map((chunk) => ({ ...chunk, service_tier: 'flex' }));
    const stream = await ask([...chunks, { choices: [], usage }]);

    const costOf = ({ attributes }: typeof flex) => attributes['agentops.cost.total'];
    expect(costOf(standard)).toBeCloseTo(0.0125, 9);
    expect(costOf(flex)).toBeCloseTo(0.00625, 9);
    expect(costOf(stream)).toBeCloseTo(0.00625, 9);
    expect(costOf(priority)).toBeUndefined();
    expect(stream.attributes['openai.response.service_tier']).toBe('flex');
  });
});
