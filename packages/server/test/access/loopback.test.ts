import { describe, expect, it } from 'vitest';
import { isLoopback, requireLocal } from '../../src/access/loopback.ts';

describe('a loopback address (D5)', () => {
  it.each(['127.0.0.1', '127.1.2.3', 'localhost', '::1'])('is %s', (host) => {
    expect(isLoopback(host)).toBe(true);
  });

  it.each(['0.0.0.0', '::', '192.168.0.10', 'example.com', '127.0.0.1.example.com'])('is not %s', (host) => {
    expect(isLoopback(host)).toBe(false);
  });
});

describe('a request from this machine (D5)', () => {
  it.each(['localhost', 'LOCALHOST:4600', '127.0.0.1:4600', '[::1]:4600'])('has the host %s', (host) => {
    expect(() => requireLocal({ host })).not.toThrow();
  });

  const foreign = [
    '',
    'evil.test',
    'localhost.evil.test',
    '127.0.0.1.evil.test:4600',
    'evil@localhost',
    '10.0.0.1',
  ];
  it.each(foreign)('has not the host %j', (host) => {
    expect(() => requireLocal({ host })).toThrowError(
      expect.objectContaining({ status: 403, code: 'foreign_host' }),
    );
  });

  it('may name its own origin', () => {
    expect(() => requireLocal({ host: 'localhost:4600', origin: 'http://localhost:4600' })).not.toThrow();
  });

  it.each(['http://localhost:3000', 'https://localhost:4600', 'http://evil.test', 'null'])(
    'has not the origin %s',
    (origin) => {
      expect(() => requireLocal({ host: 'localhost:4600', origin })).toThrowError(
        expect.objectContaining({ status: 403, code: 'foreign_origin' }),
      );
    },
  );
});
