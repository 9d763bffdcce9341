import { describe, expect, it } from 'vitest';
import { changeFilters, isFiltered, parseFilters } from '../../src/sessions/filters.ts';

describe('filters of the list', () => {
  it('are read from the address', () => {
    expect(parseFilters({ q: 'report', state: 'Fail', errors: 'true', tag: 'prod', user: 'ada' })).toEqual({
      q: 'report',
      state: 'Fail',
      errors: true,
      tag: 'prod',
      user: 'ada',
    });
  });

  it('ignore what an old or mistyped link says', () => {
    expect(parseFilters({ state: 'fail', errors: 'yes', q: '', color: 'red' })).toEqual({});
  });

  it('change one at a time, and go away when unset', () => {
    const filters = parseFilters({ q: 'report', errors: 'true' });
    expect(changeFilters(filters, { tag: 'prod', errors: undefined })).toEqual({ q: 'report', tag: 'prod' });
    expect(isFiltered(changeFilters(filters, { q: '', errors: undefined }))).toBe(false);
  });
});
