import { describe, expect, it } from 'vitest';
import { buildSpanTree } from '../../src/waterfall/span-tree.ts';
import { barOf, tickLabel, ticksOf, wholeWindow, windowOf } from '../../src/waterfall/timeline.ts';
import { skeleton } from '../support/skeleton.ts';

const SECOND = 1e9;

describe('bars', () => {
  const window = { from: 0, to: 100 };
  const barAt = (start: number, end: number | null, within = window) =>
    barOf({ start, end, lost: null }, within);

  it('stand where their spans are in time', () => {
    expect(barAt(25, 75)).toEqual({ left: 25, width: 50, open: false });
  });

  it('run on to the end of the window while the span is unfinished', () => {
    expect(barAt(40, null)).toEqual({ left: 40, width: 60, open: true });
  });

  it('end where the span was lost', () => {
    expect(barOf({ start: 40, end: null, lost: 60 }, window)).toEqual({ left: 40, width: 20, open: true });
  });

  it('are cut at the edges of a narrower window, and absent outside it', () => {
    expect(barAt(0, 100, { from: 50, to: 60 })).toEqual({ left: 0, width: 100, open: false });
    expect(barAt(0, 10, { from: 50, to: 60 })).toBeNull();
    expect(barAt(70, null, { from: 50, to: 60 })).toBeNull();
  });

  it('exist for a session that took no time at all', () => {
    expect(barAt(0, 0, wholeWindow(0))).toEqual({ left: 0, width: 0, open: false });
  });
});

describe('the window of one span', () => {
  it('holds the span with a margin on either side', () => {
    const tree = buildSpanTree([
      skeleton({ span_id: 'root', start_time: '0', end_time: '1000' }),
      skeleton({ span_id: 'tool', parent_span_id: 'root', start_time: '400', end_time: '500' }),
    ]);
    expect(windowOf(tree.byId.get('tool')!, 1_000)).toEqual({ from: 395, to: 505 });
  });
});

describe('ticks', () => {
  const labels = (window: { from: number; to: number }) =>
    ticksOf(window, 5).map((tick) => tickLabel(tick.ms, window));

  it.each([
    [21.4 * SECOND, ['0', '5 s', '10 s', '15 s', '20 s']],
    [0.0042 * SECOND, ['0', '1 ms', '2 ms', '3 ms', '4 ms']],
    [200 * SECOND, ['0', '1:00', '2:00', '3:00']],
    [3 * 3_600 * SECOND, ['0', '1:00:00', '2:00:00', '3:00:00']],
  ])('of %d ns are %j', (length, expected) => {
    expect(labels(wholeWindow(length))).toEqual(expected);
  });

  it('stay few for a session of months', () => {
    expect(ticksOf(wholeWindow(100 * 86_400 * SECOND), 5).length).toBeLessThanOrEqual(6);
  });

  it('keep to round instants in a window that starts anywhere', () => {
    expect(labels({ from: 6.18 * SECOND, to: 12.9 * SECOND })).toEqual(['8 s', '10 s', '12 s']);
  });
});
