import { describe, expect, it } from 'vitest';
import { resolveOptions, type ServerOptions } from '../src/options.ts';

describe('server options', () => {
  it('listen on loopback, port 4600, with 64 MiB for a body and for the queue, by default', () => {
    expect(resolveOptions({})).toMatchObject({
      host: '127.0.0.1',
      port: 4600,
      logger: { level: 'warn' },
      limits: { bodyBytes: 67_108_864, queueBytes: 67_108_864 },
    });
  });

  const wrong: [string, object, RegExp][] = [
    ['a port out of range', { port: 70_000 }, /`port`.*65535/],
    ['a port that is text', { port: '4600' }, /`port`.*expected number/],
    ['an unknown option', { prot: 1 }, /`prot` is not known; accepted: host, port, databaseUrl/],
    ['an unknown limit', { limits: { bodySize: 1 } }, /`limits.bodySize` is not known; accepted: bodyBytes/],
    ['a database that is not PostgreSQL', { databaseUrl: 'mysql://db' }, /`databaseUrl`.*postgres:\/\//],
    [
      'two stores at once',
      { databaseUrl: 'postgres://db', dataDir: 'data' },
      /`dataDir`.*leave one of them out/,
    ],
    [
      'a queue that the largest body overflows',
      { limits: { queueBytes: 1 } },
      /`limits.queueBytes`.*raise it/,
    ],
    ['a stream that cannot be written', { logger: { stream: {} } }, /`logger.stream`.*write/],
  ];
  it.each(wrong)('name %s and the fix', (_what, options, message) => {
    expect(() => resolveOptions(options as ServerOptions)).toThrowError(
      expect.objectContaining({ code: 'invalid_options', message: expect.stringMatching(message) as string }),
    );
  });

  it('never repeat a database password in an error', () => {
    const given = { databaseUrl: 'mysql://me:hunter2@db' };
    expect(() => resolveOptions(given)).toThrowError(expect.not.stringMatching('hunter2') as string);
  });
});
