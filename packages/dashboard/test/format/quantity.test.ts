import { describe, expect, it } from 'vitest';
import { formatBytes, formatCompact, formatCost, pluralize } from '../../src/format/quantity.ts';

describe('quantities', () => {
  it.each([
    [0, '0'],
    [950, '950'],
    [12_400, '12.4k'],
    [99_960, '100k'],
    [128_400, '128k'],
    [999_600, '1M'],
    [1_250_000, '1.25M'],
    [2_000_000_000, '2B'],
  ])('shows %d as %s in a narrow column', (count, text) => {
    expect(formatCompact(count)).toBe(text);
  });

  it.each([
    [0, '$0'],
    [0.000_000_1, '< $0.000001'],
    [0.000_42, '$0.00042'],
    [0.0031, '$0.0031'],
    [0.127, '$0.127'],
    [12.4, '$12.40'],
    [12_345.6, '$12,346'],
  ])('shows a cost of %d as %s', (usd, text) => {
    expect(formatCost(usd)).toBe(text);
  });

  it.each([
    [840, '840 B'],
    [1_500, '1.5 KB'],
    [12_300, '12 KB'],
    [999_600, '1.0 MB'],
  ])('shows %d bytes as %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  it('counts one thing in the singular', () => {
    expect([pluralize(1, 'error'), pluralize(0, 'error'), pluralize(1_200, 'span')]).toEqual([
      '1 error',
      '0 errors',
      '1,200 spans',
    ]);
  });
});
