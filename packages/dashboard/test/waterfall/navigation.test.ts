import { describe, expect, it } from 'vitest';
import { moveFor, nextError } from '../../src/waterfall/navigation.ts';
import { visibleRows } from '../../src/waterfall/rows.ts';
import { buildSpanTree } from '../../src/waterfall/span-tree.ts';
import { skeleton } from '../support/skeleton.ts';

const tree = buildSpanTree([
  skeleton({ span_id: 'root', start_time: '1' }),
  skeleton({ span_id: 'agent', parent_span_id: 'root', start_time: '2' }),
  skeleton({ span_id: 'tool', parent_span_id: 'agent', start_time: '3', status: 2 }),
  skeleton({ span_id: 'last', parent_span_id: 'root', start_time: '4', status: 2 }),
]);

function press(key: string, selected: string | undefined, collapsed: string[] = []) {
  const closed = new Set(collapsed);
  return moveFor(key, visibleRows(tree, closed, '').nodes, selected, closed);
}

describe('keys of the tree', () => {
  it('move the selection up and down, and stop at the ends', () => {
    expect(press('ArrowDown', 'root')).toEqual({ type: 'select', spanId: 'agent' });
    expect(press('ArrowUp', 'agent')).toEqual({ type: 'select', spanId: 'root' });
    expect(press('ArrowDown', 'last')).toEqual({ type: 'select', spanId: 'last' });
    expect(press('ArrowUp', 'root')).toEqual({ type: 'select', spanId: 'root' });
    expect(press('End', 'root')).toEqual({ type: 'select', spanId: 'last' });
    expect(press('Home', 'last')).toEqual({ type: 'select', spanId: 'root' });
  });

  it('start at the first row, or the last, when nothing is selected', () => {
    expect(press('ArrowDown', undefined)).toEqual({ type: 'select', spanId: 'root' });
    expect(press('ArrowUp', undefined)).toEqual({ type: 'select', spanId: 'last' });
  });

  it('collapse with left, then go to the parent', () => {
    expect(press('ArrowLeft', 'agent')).toEqual({ type: 'collapse', spanId: 'agent' });
    expect(press('ArrowLeft', 'agent', ['agent'])).toEqual({ type: 'select', spanId: 'root' });
    expect(press('ArrowLeft', 'tool')).toEqual({ type: 'select', spanId: 'agent' });
  });

  it('expand with right, then go to the first child', () => {
    expect(press('ArrowRight', 'agent', ['agent'])).toEqual({ type: 'expand', spanId: 'agent' });
    expect(press('ArrowRight', 'agent')).toEqual({ type: 'select', spanId: 'tool' });
    expect(press('ArrowRight', 'tool')).toBeNull();
  });

  it('never fold while a search shows its matches', () => {
    expect(moveFor('ArrowLeft', tree.nodes, 'agent', null)).toEqual({ type: 'select', spanId: 'root' });
    expect(moveFor('ArrowRight', tree.nodes, 'agent', null)).toEqual({ type: 'select', spanId: 'tool' });
  });

  it('mean nothing on an empty tree', () => {
    expect(moveFor('ArrowDown', [], undefined, new Set())).toBeNull();
  });
});

describe('jumps between errors', () => {
  const jump = (selected: string | undefined, direction: 1 | -1) =>
    nextError(tree.errors, tree.nodes, selected, direction)?.span.span_id;

  it('go to the next one below the selection and round the end', () => {
    expect([jump(undefined, 1), jump('agent', 1), jump('tool', 1), jump('last', 1)]).toEqual([
      'tool',
      'tool',
      'last',
      'tool',
    ]);
  });

  it('go back the same way', () => {
    expect([jump(undefined, -1), jump('last', -1), jump('tool', -1)]).toEqual(['last', 'tool', 'last']);
  });
});
