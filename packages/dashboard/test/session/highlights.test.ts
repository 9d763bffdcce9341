import { describe, expect, it } from 'vitest';
import { highlightsOf } from '../../src/session/highlights.ts';
import { buildSpanTree, type SpanNode } from '../../src/waterfall/span-tree.ts';
import { skeleton } from '../support/skeleton.ts';

const names = (nodes: readonly SpanNode[]) => nodes.map((node) => node.span.span_id);

const highlights = highlightsOf(
  buildSpanTree([
    skeleton({ span_id: 'root', start_time: '0', end_time: null, status: 2 }),
    skeleton({
      span_id: 'llm',
      parent_span_id: 'root',
      span_kind: 'llm',
      start_time: '1',
      end_time: '900',
      cost: 2,
    }),
    skeleton({ span_id: 'http', parent_span_id: 'llm', start_time: '2', end_time: '899' }),
    skeleton({
      span_id: 'tool',
      parent_span_id: 'root',
      span_kind: 'tool',
      start_time: '3',
      end_time: '53',
      status: 2,
    }),
    skeleton({ span_id: 'query', parent_span_id: 'root', start_time: '4', end_time: '104' }),
    skeleton({
      span_id: 'hanging',
      parent_span_id: 'root',
      span_kind: 'llm',
      start_time: '5',
      end_time: null,
      cost: 5,
    }),
    skeleton({
      span_id: 'lost',
      parent_span_id: 'root',
      span_kind: 'tool',
      start_time: '6',
      end_time: null,
      lost_time: '20',
    }),
  ]),
);

describe('what is worth a look first', () => {
  it('shows errors where they arose, not where they went through', () => {
    expect(names(highlights.failed)).toEqual(['tool']);
  });

  it('ranks calls and other leaves by duration, never the HTTP request inside a call', () => {
    expect(names(highlights.slowest)).toEqual(['llm', 'query', 'tool']);
  });

  it('ranks spans by cost', () => {
    expect(names(highlights.costliest)).toEqual(['hanging', 'llm']);
  });

  it('names the steps that hang, not what waits for them', () => {
    expect(names(highlights.unfinished)).toEqual(['hanging']);
    expect(names(highlights.lost)).toEqual(['lost']);
  });
});
