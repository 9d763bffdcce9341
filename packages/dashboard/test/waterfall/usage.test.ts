import { describe, expect, it } from 'vitest';
import { buildSpanTree } from '../../src/waterfall/span-tree.ts';
import { branchTotals } from '../../src/waterfall/usage.ts';
import { skeleton } from '../support/skeleton.ts';

describe('the totals of a branch', () => {
  const tree = buildSpanTree([
    skeleton({ span_id: 'root', span_kind: 'session' }),
    skeleton({ span_id: 'agent', parent_span_id: 'root', span_kind: 'agent', input_tokens: 30, cost: 3 }),
    skeleton({ span_id: 'framework', parent_span_id: 'agent', span_kind: 'llm', input_tokens: 30, cost: 3 }),
    skeleton({
      span_id: 'client',
      parent_span_id: 'framework',
      span_kind: 'llm',
      input_tokens: 30,
      output_tokens: 4,
      cost: 3,
    }),
    skeleton({ span_id: 'http', parent_span_id: 'client' }),
    skeleton({ span_id: 'tool', parent_span_id: 'agent', span_kind: 'tool', status: 2 }),
    skeleton({ span_id: 'other', parent_span_id: 'root', span_kind: 'llm', input_tokens: 5 }),
  ]);
  const totals = (id: string) => branchTotals(tree.byId.get(id)!);

  it('count a call once, however many spans repeat its usage', () => {
    expect(totals('agent')).toEqual({
      spans: 5,
      llms: 1,
      tools: 1,
      errors: 1,
      inputTokens: 30,
      outputTokens: 4,
      cost: 3,
    });
    expect(totals('root')).toMatchObject({ llms: 2, inputTokens: 35, cost: 3 });
  });

  it('leave an unknown cost unknown', () => {
    expect(totals('other').cost).toBeNull();
  });
});
