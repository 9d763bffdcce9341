import { describe, expect, it } from 'vitest';
import { jsonOf } from '../../../support/recording.ts';
import { callGiven } from '../support/given-answer.ts';
import { anthropicClient } from '../support/provider-case.ts';

const head = { id: 'msg_1', type: 'message', role: 'assistant', model: 'claude-sonnet-5-5' };
const usage = { input_tokens: 10, output_tokens: 5 };
const citation = { type: 'char_location', cited_text: 'It is cold.', document_index: 0 };

const whole = (content: object[], more: object = {}) => ({
  ...head,
  ...{ content, stop_reason: 'end_turn', usage, ...more },
});

/** Each block with the deltas that follow its start. */
const streamed = (blocks: readonly (readonly [start: object, ...deltas: object[]])[], stop: object = {}) => [
  { type: 'message_start', message: { ...head, content: [], stop_reason: null, usage } },
  ...blocks.flatMap(([content_block, ...deltas], index) => [
    { type: 'content_block_start', index, content_block },
    ...deltas.map((delta) => ({ type: 'content_block_delta', index, delta })),
    { type: 'content_block_stop', index },
  ]),
  { type: 'message_delta', delta: { stop_reason: 'end_turn', ...stop }, usage: { output_tokens: 5 } },
  { type: 'message_stop' },
];

const ask = (answer: unknown) =>
  callGiven(anthropicClient('http://127.0.0.1'), answer, ({ messages }) =>
    messages.create({
      ...{ model: 'claude-sonnet-5-5', max_tokens: 9, messages: [{ role: 'user', content: 'How warm?' }] },
      stream: Array.isArray(answer),
    }),
  );

const search = { type: 'server_tool_use', id: 's1', name: 'web_search' };
const found = {
  type: 'web_search_tool_result',
  tool_use_id: 's1',
  content: [{ type: 'web_search_result', url: 'https://example.org', title: 'Weather' }],
};
const redacted = { type: 'redacted_thinking', data: 'b3BhcXVl' };

describe('what else a message may hold (P2)', () => {
  it.each<[string, object[], readonly (readonly [object, ...object[]])[], object[]]>([
    ['redacted thinking', [redacted], [[redacted]], [redacted]],
    [
      'thinking',
      [{ type: 'thinking', thinking: 'North.', signature: 's' }],
      [
        [
          { type: 'thinking', thinking: '', signature: '' },
          { type: 'thinking_delta', thinking: 'North.' },
          { type: 'signature_delta', signature: 's' },
        ],
      ],
      [{ type: 'reasoning', content: 'North.' }],
    ],
    [
      'tools of the server and what they gave',
      [{ ...search, input: { query: 'weather' } }, found],
      [
        [
          { ...search, input: {} },
          { type: 'input_json_delta', partial_json: '{"query":' },
          { type: 'input_json_delta', partial_json: '"weather"}' },
        ],
        [found],
      ],
      [{ type: 'tool_call', id: 's1', name: 'web_search', arguments: { query: 'weather' } }, found],
    ],
    [
      'citations',
      [{ type: 'text', text: 'Cold.', citations: [citation] }],
      [
        [
          { type: 'text', text: '', citations: [] },
          { type: 'text_delta', text: 'Cold.' },
          { type: 'citations_delta', citation },
        ],
      ],
      [{ type: 'text', content: 'Cold.', citations: [citation] }],
    ],
    [
      'the summary of a conversation that was compacted',
      [{ type: 'compaction', content: 'They spoke of the weather.' }],
      [
        [
          { type: 'compaction', content: null },
          { type: 'compaction_delta', content: 'They spoke of the weather.' },
        ],
      ],
      [{ type: 'compaction', content: 'They spoke of the weather.' }],
    ],
  ])('%s, whole or streamed', async (_what, content, blocks, parts) => {
    const expected = [{ role: 'assistant', parts, finish_reason: 'end_turn' }];

    expect(jsonOf(await ask(whole(content)), 'gen_ai.output.messages')).toEqual(expected);
    expect(jsonOf(await ask(streamed(blocks)), 'gen_ai.output.messages')).toEqual(expected);
  });

  it('why it refused, whole or streamed', async () => {
    const stop = { stop_reason: 'refusal', stop_details: { type: 'refusal', explanation: 'No.' } };
    const expected = [
      { role: 'assistant', parts: [{ type: 'refusal', content: 'No.' }], finish_reason: 'refusal' },
    ];

    expect(jsonOf(await ask(whole([], stop)), 'gen_ai.output.messages')).toEqual(expected);
    expect(jsonOf(await ask(streamed([], stop)), 'gen_ai.output.messages')).toEqual(expected);
  });

  it('what it took to compact the conversation, which the totals leave out', async () => {
    const iterations = [
      { type: 'compaction', input_tokens: 1000, output_tokens: 100, cache_read_input_tokens: 50 },
      { type: 'message', input_tokens: 10, output_tokens: 5, cache_read_input_tokens: 20 },
    ];
    const counts = { ...usage, cache_read_input_tokens: 20, iterations };
    const expected = {
      'gen_ai.usage.input_tokens': 1080,
      'gen_ai.usage.output_tokens': 105,
      'gen_ai.usage.cache_read.input_tokens': 70,
      'agentops.cost.total': expect.closeTo((1010 * 2 + 70 * 0.2 + 105 * 10) / 1e6, 9),
    };
    const stream = streamed([]).map((event) =>
      event.type === 'message_delta' ? { ...event, usage: counts } : event,
    );

    expect((await ask(whole([], { usage: counts }))).attributes).toMatchObject(expected);
    expect((await ask(stream)).attributes).toMatchObject(expected);
  });

  it('what stays in the cache for an hour, and a batch, at their prices', async () => {
    const counts = {
      input_tokens: 0,
      output_tokens: 0,
      cache_creation_input_tokens: 1000,
      cache_creation: { ephemeral_5m_input_tokens: 600, ephemeral_1h_input_tokens: 400 },
    };
    const costOf = async (more: object) =>
      (await ask(whole([], { usage: { ...counts, ...more } }))).attributes['agentops.cost.total'];

    expect(await costOf({ service_tier: 'standard' })).toBeCloseTo((600 * 2.5 + 400 * 4) / 1e6, 12);
    expect(await costOf({ service_tier: 'batch' })).toBeCloseTo((600 * 2.5 + 400 * 4) / 2e6, 12);
  });
});
