import { describe, expect, it } from 'vitest';
import { formatAgo, formatDuration, millisecondsBetween } from '../../src/format/time.ts';

describe('durations', () => {
  it.each([
    [0, '0 ms'],
    [0.0004, '< 0.01 ms'],
    [0.42, '0.42 ms'],
    [9.996, '10.0 ms'],
    [99.96, '100 ms'],
    [381, '381 ms'],
    [999.6, '1.00 s'],
    [3_420, '3.42 s'],
    [42_100, '42.1 s'],
    [59_960, '1 m 00 s'],
    [252_000, '4 m 12 s'],
    [3_599_600, '1 h 00 m'],
    [7_500_000, '2 h 05 m'],
    [273_600_000, '3 d 4 h'],
    [-1_500, '−1.50 s'],
  ])('shows %d ms as %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  it('keeps every nanosecond of instants beyond what a number holds', () => {
    expect(millisecondsBetween('1795262294094000001', '1795262294094000501')).toBe(0.0005);
  });
});

describe('how long ago', () => {
  const now = Date.parse('2026-11-21T12:00:00Z');
  it.each([
    ['2026-11-21T11:59:59.500000000Z', 'just now'],
    ['2026-11-21T12:00:07.000000000Z', 'just now'],
    ['2026-11-21T11:59:48.000000000Z', '12 s ago'],
    ['2026-11-21T11:55:01.000000000Z', '4 min ago'],
    ['2026-11-21T07:00:00.000000000Z', '5 h ago'],
    ['2026-11-19T11:00:00.000000000Z', '2 d ago'],
  ])('says of %s: %s', (iso, text) => {
    expect(formatAgo(iso, now)).toBe(text);
  });

  it('gives the date, and the year where it is another one', () => {
    expect(formatAgo('2026-10-01T12:00:00Z', now)).not.toContain('2026');
    expect(formatAgo('2025-10-01T12:00:00Z', now)).toContain('2025');
  });
});
