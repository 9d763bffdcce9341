import type { SpanDocument } from '@agentops/server/api';
import { describe, expect, it } from 'vitest';
import { llmFacts, operationFacts } from '../../src/span/facts.ts';
import { skeleton } from '../support/skeleton.ts';

function span(given: Partial<SpanDocument>): SpanDocument {
  return {
    ...skeleton({ span_id: 'b'.repeat(16) }),
    session_id: 's',
    service_name: 'reporter',
    status_message: '',
    started_at: '1970-01-01T00:00:00.001000000Z',
    ended_at: null,
    user_id: null,
    conversation_id: null,
    cache_read_tokens: null,
    cache_write_tokens: null,
    reasoning_tokens: null,
    scope_name: '',
    scope_version: '',
    attributes: {},
    resource: {},
    events: [],
    links: [],
    ...given,
  };
}

describe('the figures of an LLM call', () => {
  it('say what it used, what it cost and how it was asked', () => {
    const facts = llmFacts(
      span({
        model: 'gpt-4o-2024-11-20',
        provider: 'openai',
        input_tokens: 9_210,
        output_tokens: 1_330,
        cache_read_tokens: 1_024,
        reasoning_tokens: 300,
        cost: 0.0476,
        attributes: {
          'gen_ai.request.model': 'gpt-4o',
          'gen_ai.response.model': 'gpt-4o-2024-11-20',
          'gen_ai.request.max_tokens': 4096,
          'gen_ai.request.stop_sequences': ['END', 'STOP'],
          'gen_ai.response.finish_reasons': ['stop'],
          'gen_ai.response.time_to_first_chunk': 0.381,
          'agentops.cost.input': 0.02,
          'agentops.cost.output': 0.0276,
        },
      }),
    );
    expect(facts).toEqual([
      { label: 'Model', value: 'gpt-4o-2024-11-20', detail: 'asked for gpt-4o' },
      { label: 'Provider', value: 'openai' },
      { label: 'Tokens in', value: '9,210', detail: '1,024 cached' },
      { label: 'Tokens out', value: '1,330', detail: '300 reasoning' },
      { label: 'Cost', value: '$0.048', detail: '$0.020 in, $0.028 out' },
      { label: 'First chunk', value: '381 ms' },
      { label: 'Finish', value: 'stop' },
      { label: 'Max tokens', value: '4096' },
      { label: 'Stop sequences', value: 'END, STOP' },
    ]);
  });

  it('leave out what is not known, zero not being unknown', () => {
    expect(llmFacts(span({ output_tokens: 0 }))).toEqual([{ label: 'Tokens out', value: '0' }]);
  });
});

describe('the figures of an operation', () => {
  it('are its branch’s where it has one', () => {
    const totals = { spans: 5, llms: 2, tools: 1, errors: 1, inputTokens: 30, outputTokens: 4, cost: null };
    expect(operationFacts(span({ cost: 9 }), totals).map(({ label, value }) => `${label} ${value}`)).toEqual([
      'LLM calls 2',
      'Tools 1',
      'Errors 1',
      'Tokens in 30',
      'Tokens out 4',
      'Service reporter',
    ]);
  });
});
