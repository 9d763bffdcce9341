import { describe, expect, it } from 'vitest';
import { isInRange } from '../../../src/instrumentation/auto/version-range.ts';

describe('a range of versions', () => {
  it.each([
    ['6.49.0', '>=4 <7', true],
    ['7.0.0', '>=4 <7', false],
    ['7.0.0-rc.1', '>=4 <7', false],
    ['0.9.10', '>=0.9.10', true],
    ['0.9.9', '>= 0.9.10', false],
    ['1.5.2', '^1.0.0', true],
    ['2.0.0', '^1.0.0', false],
    ['0.3.9', '^0.3.1', true],
    ['0.4.0', '^0.3.1', false],
    ['1.2.9', '~1.2.3', true],
    ['1.3.0', '~1.2.3', false],
    ['1.2.9', '1.x', true],
    ['2.0.0', '1', false],
    ['3.1.0', '^1 || ^3', true],
    ['3.1.0', '>3', false],
    ['4.0.0', '>3', true],
    ['3.9.9', '<=3', true],
    ['4.0.0', '<=3', false],
    ['9.9.9', '*', true],
    ['1.5.0', '1 - 2', false],
  ])('%s in %s: %s', (version, range, expected) => {
    expect(isInRange(version, range)).toBe(expected);
  });
});
