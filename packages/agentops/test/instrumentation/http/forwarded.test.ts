import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hopsOf } from '../../../src/instrumentation/http/forwarded.ts';

describe('who a request came by (C4)', () => {
  it.each<[string, Parameters<typeof hopsOf>, (string | undefined)[]]>([
    ['nobody said', ['10.0.0.1', undefined, null], ['10.0.0.1']],
    ['one', ['10.0.0.1', '203.0.113.9', undefined], ['10.0.0.1', '203.0.113.9']],
    [
      'several, in several headers',
      ['::1', ['1.2.3.4 , 5.6.7.8', '9.9.9.9:80'], ''],
      ['::1', '1.2.3.4', '5.6.7.8', '9.9.9.9'],
    ],
    [
      'IPv6, with and without brackets and port',
      ['::1', '2001:db8::1,[2001:db8::2],[2001:db8::3]:99', ''],
      ['::1', '2001:db8::1', '2001:db8::2', '2001:db8::3'],
    ],
    [
      'the standard header',
      [
        undefined,
        undefined,
        'for=192.0.2.43;proto=https, For="[2001:db8:cafe::17]:4711";by=x, proto=http;for=_hidden',
      ],
      [undefined, '192.0.2.43', '2001:db8:cafe::17', '_hidden'],
    ],
    ['more than there can be', ['::1', Array(33).fill('10.0.0.1').join(), ''], ['::1', 'unknown']],
  ])('is read from %s', (_what, given, expected) => {
    expect(hopsOf(...given)).toEqual(expected);
  });

  it('is never less than the connection says, whatever the headers hold', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 200 }),
        fc.string({ maxLength: 200 }),
        (first, second) => {
          const hops = hopsOf('127.0.0.1', first, `for=${second}`);
          expect(hops[0]).toBe('127.0.0.1');
          expect(hops.every((hop) => typeof hop === 'string')).toBe(true);
        },
      ),
    );
  });

  it('is read from the longest of headers in no time', () => {
    for (const text of ['[', '[1:', ':1', 'for="', ',for=', '1'.repeat(20)]) {
      const header = text.repeat(16_384 / text.length);
      const start = process.cpuUsage();
      hopsOf('::1', header, header);
      const { user } = process.cpuUsage(start);
      expect(user).toBeLessThan(100_000);
    }
  });
});
