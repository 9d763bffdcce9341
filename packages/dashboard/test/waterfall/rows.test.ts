import { describe, expect, it } from 'vitest';
import { visibleRows } from '../../src/waterfall/rows.ts';
import { buildSpanTree } from '../../src/waterfall/span-tree.ts';
import { skeleton } from '../support/skeleton.ts';

const tree = buildSpanTree([
  skeleton({ span_id: 'root', start_time: '1' }),
  skeleton({ span_id: 'planner', parent_span_id: 'root', start_time: '2', agent_name: 'planner' }),
  skeleton({ span_id: 'chat', parent_span_id: 'planner', start_time: '3', model: 'gpt-4o' }),
  skeleton({ span_id: 'inner', parent_span_id: 'chat', start_time: '4' }),
  skeleton({ span_id: 'writer', parent_span_id: 'root', start_time: '5' }),
]);

function shown(collapsed: string[], search = ''): string[] {
  return visibleRows(tree, new Set(collapsed), search).nodes.map((node) => node.span.span_id);
}

describe('visible rows', () => {
  it('leave out what is below a collapsed span, and nothing else', () => {
    expect(shown(['planner'])).toEqual(['root', 'planner', 'writer']);
    expect(shown(['planner', 'chat'])).toEqual(['root', 'planner', 'writer']);
    expect(shown(['root'])).toEqual(['root']);
  });

  it('keep the ancestors of what a search finds, collapsed or not', () => {
    expect(shown(['root', 'planner'], 'inner')).toEqual(['root', 'planner', 'chat', 'inner']);
  });

  it('are found by name, model and agent, in any case', () => {
    expect(shown([], 'GPT-4o')).toEqual(['root', 'planner', 'chat']);
    expect(shown([], ' Planner ')).toEqual(['root', 'planner']);
    expect(shown([], 'nothing like it')).toEqual([]);
  });

  it('tell matches from the ancestors that only lead to them', () => {
    const { nodes, matches } = visibleRows(tree, new Set(), 'gpt');
    expect(nodes.filter((node) => matches?.has(node)).map((node) => node.span.span_id)).toEqual(['chat']);
    expect(visibleRows(tree, new Set(), '  ').matches).toBeNull();
  });
});
