import { describe, expect, it } from 'vitest';
import { ancestorsOf, buildSpanTree, type SpanTree } from '../../src/waterfall/span-tree.ts';
import { skeleton } from '../support/skeleton.ts';

/** A tree as indented names, orphans marked. */
function outline(tree: SpanTree): string[] {
  return tree.nodes.map(
    (node) => `${'  '.repeat(node.depth)}${node.span.name}${node.orphan ? ' (orphan)' : ''}`,
  );
}

describe('the span tree', () => {
  it('nests spans below their parents, siblings by start, whatever order they come in', () => {
    const tree = buildSpanTree([
      skeleton({ span_id: 'tool', parent_span_id: 'agent', start_time: '5000' }),
      skeleton({ span_id: 'late', parent_span_id: 'root', start_time: '9000' }),
      skeleton({ span_id: 'agent', parent_span_id: 'root', start_time: '4000' }),
      skeleton({ span_id: 'root', start_time: '1000' }),
    ]);
    expect(outline(tree)).toEqual(['root', '  agent', '    tool', '  late']);
  });

  it('names the service where it changes on the way down, in a session of several', () => {
    const tree = buildSpanTree([
      skeleton({ span_id: 'order', service_name: 'web', start_time: '1' }),
      skeleton({ span_id: 'job', parent_span_id: 'order', service_name: 'worker', start_time: '2' }),
      skeleton({ span_id: 'tool', parent_span_id: 'job', service_name: 'worker', start_time: '3' }),
    ]);
    expect(tree.nodes.map(({ service }) => service)).toEqual(['web', 'worker', null]);
  });

  it('names no service in a session of one', () => {
    const tree = buildSpanTree([skeleton({ span_id: 'a' }), skeleton({ span_id: 'b', parent_span_id: 'a' })]);
    expect(tree.nodes.map(({ service }) => service)).toEqual([null, null]);
  });

  it('hangs a span whose parent is missing from the root of its own trace, and marks it', () => {
    const tree = buildSpanTree([
      skeleton({ span_id: 'one', trace_id: '1'.repeat(32), start_time: '1000' }),
      skeleton({ span_id: 'two', trace_id: '2'.repeat(32), start_time: '2000' }),
      skeleton({
        span_id: 'lost',
        trace_id: '2'.repeat(32),
        parent_span_id: 'not here',
        start_time: '3000',
      }),
    ]);
    expect(outline(tree)).toEqual(['one', 'two', '  lost (orphan)']);
  });

  it('shows spans at the top while no root has arrived', () => {
    const tree = buildSpanTree([
      skeleton({ span_id: 'a', parent_span_id: 'not here', start_time: '1' }),
      skeleton({ span_id: 'b', parent_span_id: 'a', start_time: '2' }),
    ]);
    expect(outline(tree)).toEqual(['a (orphan)', '  b']);
  });

  it('gives every span one place even where spans are each other’s ancestors', () => {
    const tree = buildSpanTree([
      skeleton({ span_id: 'tail', parent_span_id: 'x', start_time: '1' }),
      skeleton({ span_id: 'root', start_time: '2' }),
      skeleton({ span_id: 'x', parent_span_id: 'y', start_time: '3' }),
      skeleton({ span_id: 'y', parent_span_id: 'x', start_time: '4' }),
      skeleton({ span_id: 'self', parent_span_id: 'self', start_time: '5' }),
    ]);
    expect(outline(tree)).toEqual(['root', '  x (orphan)', '    tail', '    y', '  self (orphan)']);
  });

  it('counts what is below each span, and the failed ones among it', () => {
    const tree = buildSpanTree([
      skeleton({ span_id: 'root', start_time: '1' }),
      skeleton({ span_id: 'agent', parent_span_id: 'root', start_time: '2', status: 2 }),
      skeleton({ span_id: 'tool', parent_span_id: 'agent', start_time: '3', status: 2 }),
      skeleton({ span_id: 'llm', parent_span_id: 'agent', start_time: '4' }),
    ]);
    const { descendants, errorsBelow } = tree.byId.get('root')!;
    expect({ descendants, errorsBelow }).toEqual({ descendants: 3, errorsBelow: 2 });
    expect(tree.errors.map((node) => node.span.name)).toEqual(['agent', 'tool']);
  });

  it('measures time from the earliest start to the last known instant', () => {
    const tree = buildSpanTree([
      skeleton({ span_id: 'root', start_time: '1795262294094000000', end_time: null }),
      skeleton({
        span_id: 'late',
        parent_span_id: 'root',
        start_time: '1795262294094000300',
        end_time: '1795262294094000700',
      }),
    ]);
    expect(tree.byId.get('late')).toMatchObject({ start: 300, end: 700 });
    expect(tree.byId.get('root')).toMatchObject({ start: 0, end: null });
    expect(tree.extent).toBe(700);
  });

  it('stands a chain of 20,000 spans', () => {
    const chain = Array.from({ length: 20_000 }, (_, i) =>
      skeleton({ span_id: `${i}`, parent_span_id: i === 0 ? null : `${i - 1}`, start_time: `${i}` }),
    );
    const tree = buildSpanTree(chain);
    expect([...ancestorsOf(tree.byId.get('19999')!)]).toHaveLength(19_999);
    expect(tree.roots[0]!.descendants).toBe(19_999);
  });

  it('is empty for a session without spans', () => {
    expect(buildSpanTree([])).toMatchObject({ nodes: [], roots: [], extent: 0 });
  });
});
