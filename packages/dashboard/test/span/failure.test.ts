import { describe, expect, it } from 'vitest';
import { failuresOf } from '../../src/span/failure.ts';

const exception = {
  name: 'exception',
  time: '1',
  attributes: { 'exception.type': 'TypeError', 'exception.message': 'no x', 'exception.stacktrace': 'at y' },
};

describe('what went wrong in a span', () => {
  it('is every exception it recorded, however often it recorded it', () => {
    const other = { ...exception, attributes: { 'exception.type': 'AbortError' } };
    const events = [exception, exception, other];
    expect(failuresOf({ events, attributes: {}, status: 2, status_message: 'gave up' })).toEqual([
      { type: 'TypeError', message: 'no x', stack: 'at y' },
      { type: 'AbortError', message: 'gave up', stack: null },
    ]);
  });

  it('is its status where it recorded none', () => {
    const span = {
      events: [],
      attributes: { 'error.type': 'rate_limit' },
      status: 2 as const,
      status_message: '429',
    };
    expect(failuresOf(span)).toEqual([{ type: 'rate_limit', message: '429', stack: null }]);
  });

  it('is nothing for a span that went well', () => {
    expect(failuresOf({ events: [], attributes: {}, status: 1, status_message: '' })).toEqual([]);
  });
});
