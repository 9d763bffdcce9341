import { describe, expect, it } from 'vitest';
import { compileGlob, compileGlobs } from '../src/glob.ts';

describe('a pattern with stars', () => {
  it.each([
    ['health', 'health', true],
    ['health', 'healthy', false],
    ['health*', 'healthy', true],
    ['health*', 'health', true],
    ['*.internal', 'db.internal', true],
    ['*.internal', '.internal', true],
    ['*.internal', 'internal', false],
    ['*', '', true],
    ['*', 'anything', true],
    ['', '', true],
    ['', 'a', false],
    ['a*b*c', 'abc', true],
    ['a*b*c', 'a-c-b-c', true],
    ['a*b*c', 'acb', false],
    ['a*a', 'a', false],
    ['ab*ba', 'aba', false],
    ['*b*', 'abc', true],
    ['**b**', 'b', true],
    ['a.c', 'abc', false],
    ['a*b*b', 'ab', false],
    ['(x)[y]*', '(x)[y]z', true],
  ])('%s and %s: %s', (pattern, text, matches) => {
    expect(compileGlob(pattern)(text)).toBe(matches);
  });

  it('of which any may match', () => {
    const matches = compileGlobs(['app.*', 'tenant']);
    expect(['app.tier', 'tenant', 'tenants'].map(matches)).toEqual([true, true, false]);
    expect(compileGlobs([])('')).toBe(false);
  });

  it('is decided also where a backtracking matcher would not come back', () => {
    const matches = compileGlob(`${'*a'.repeat(200)}*b*`);
    expect(matches('a'.repeat(200_000))).toBe(false);
  });
});
