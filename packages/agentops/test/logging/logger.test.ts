import { context, ROOT_CONTEXT, type Span } from '@opentelemetry/api';
import { agent, init, logger, session, shutdown, startSession, tool } from 'agentops';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RedactionRuleConfig } from '../../src/config/config.ts';
import { Log } from '../../src/logging/log.ts';
import { createLogger } from '../../src/logging/logger.ts';
import { Reporter } from '../../src/reporter.ts';
import { Redactor } from '../../src/telemetry/redaction/redactor.ts';
import { captureStandardError } from '../support/standard-error.ts';

let written: string[];

beforeEach(() => {
  written = captureStandardError();
});

afterEach(async () => {
  await shutdown();
  vi.restoreAllMocks();
});

/** The lines of the program's own, as objects. */
function lines(): Record<string, unknown>[] {
  return written.map((line) => JSON.parse(line)).filter(({ name }) => name !== 'agentops');
}

function idsOf(span: Span) {
  const { traceId, spanId } = span.spanContext();
  return { trace_id: traceId, span_id: spanId };
}

describe('logger (T11)', () => {
  // First: later ones have had an `init` before them.
  it('writes text from warn on before init, and goes on as configured after shutdown', async () => {
    logger.info('early');
    logger.warn({ port: 4600 }, 'taken');
    expect(written).toEqual(['warn: taken  port=4600\n']);

    init({ exporters: [], logs: { level: 'info', format: 'json' } });
    await shutdown();
    logger.info('late');
    expect(JSON.parse(written.at(-1) ?? '')).toMatchObject({ msg: 'late', level: 'info' });
  });

  it('adds trace, span, session, agent and event type of where it is called', async () => {
    init({ exporters: [], logs: { level: 'info', format: 'json' } });
    let expected = {};
    await session('run', (run) =>
      agent('planner', (planner) =>
        tool('search', async ({ span }) => {
          await new Promise(setImmediate);
          const { id, name } = planner as unknown as { id: string; name: string };
          expected = { ...idsOf(span), session_id: run.id, agent_id: id, agent_name: name };
          logger.info({ hits: 3 }, 'found');
        }),
      ),
    );

    expect(lines()).toEqual([
      { level: 'info', time: expect.any(String), msg: 'found', hits: 3, event_type: 'tools', ...expected },
    ]);
    expect(new Date(String(lines()[0]?.time)).toISOString()).toBe(lines()[0]?.time);
  });

  it('means the open session outside every context, in single mode', () => {
    init({ exporters: [], logs: { level: 'info', format: 'json' } });
    const run = startSession({ name: 'run' });
    context.with(ROOT_CONTEXT, () => logger.info('outside'));

    expect(lines()).toMatchObject([{ session_id: run.id, ...idsOf(run.span) }]);
  });

  it('starts no session by itself', () => {
    const client = init({ exporters: [], logs: { level: 'info', format: 'json' } });
    logger.info('alone');

    expect(lines()).toEqual([{ level: 'info', time: expect.any(String), msg: 'alone' }]);
    expect(client.stats().openSessions).toBe(0);
  });

  it('reads no field of a line that is not wanted', () => {
    init({ exporters: [], logs: { level: 'warn' } });
    const read = vi.fn();
    logger.debug({
      get expensive() {
        return read();
      },
    });

    expect(read).not.toHaveBeenCalled();
    expect(logger.isEnabled('info')).toBe(false);
    expect(logger.isEnabled('warn')).toBe(true);
  });

  it.each(['text', 'json'] as const)('survives whatever the fields hold, as %s', (format) => {
    init({ exporters: [], logs: { level: 'info', format } });
    const cycle: Record<string, unknown> = { depth: 1 };
    cycle.self = cycle;
    const hostile = {
      cycle,
      big: 12345678901234567890n,
      get broken(): never {
        throw new Error('no');
      },
      json: {
        toJSON() {
          throw new Error('no');
        },
      },
      proxy: new Proxy(
        {},
        {
          get: () => {
            throw new Error('no');
          },
          ownKeys: () => {
            throw new Error('no');
          },
        },
      ),
      symbol: Symbol('s'),
      fn() {},
      bytes: new Uint8Array(1e6),
      level: 99,
      kept: 'yes',
    };
    expect(() => logger.info(hostile, 'hostile')).not.toThrow();
    expect(() =>
      logger.info(
        new Proxy(
          {},
          {
            ownKeys: () => {
              throw new Error('no');
            },
          },
        ),
        'proxy',
      ),
    ).not.toThrow();
    expect(() => logger.info(undefined as never)).not.toThrow();

    const line = written.find((text) => text.includes('hostile')) ?? '';
    expect(line).toContain('yes');
    expect(line).toContain('12345678901234567890');
    expect(line.length).toBeLessThan(2000);
    expect(written).toHaveLength(3);
    if (format === 'json')
      expect(JSON.parse(line)).toMatchObject({ level: 'info', level_: 99, big: '12345678901234567890' });
  });

  it('keeps the stack of an error and of what caused it', () => {
    init({ exporters: [], logs: { format: 'json' } });
    const cause = new RangeError('too far');
    const error = Object.assign(new Error('gave up', { cause }), { code: 'E_GIVEN_UP' });
    logger.error(error);
    logger.error({ err: error, attempt: 2 }, 'again');

    const [first, second] = lines();
    expect(first).toMatchObject({
      msg: 'gave up',
      err: { type: 'Error', message: 'gave up', code: 'E_GIVEN_UP' },
    });
    expect(String((first as { err: { stack: string } }).err.stack)).toMatch(
      /gave up[\s\S]*logger\.test[\s\S]*caused by RangeError: too far/,
    );
    expect(second).toMatchObject({ msg: 'again', attempt: 2, err: { code: 'E_GIVEN_UP' } });
  });

  it('hands the fields of a logger on to its children, whose own win', () => {
    init({ exporters: [], logs: { level: 'info', format: 'json' } });
    const worker = logger.child({ worker: 1, step: 'start' }).child({ step: 'fetch' });
    worker.info({ url: 'u' }, 'begun');
    worker.info('plain');

    expect(lines()).toMatchObject([
      { worker: 1, step: 'fetch', url: 'u', msg: 'begun' },
      { worker: 1, step: 'fetch', msg: 'plain' },
    ]);
  });

  it('is one readable line as text, with the stack of an error below', () => {
    init({ exporters: [], logs: { level: 'info' } });
    const run = startSession({ name: 'run' });
    run.run(() =>
      agent('planner', ({ span }) => {
        logger.info({ url: 'http://a b', n: 2, ok: true }, 'two\nlines');
        expect(written.at(-1)).toBe(
          `info: two\n  lines  url="http://a b" n=2 ok=true session_id=${run.id} agent_name=planner span_id=${span.spanContext().spanId}\n`,
        );
        logger.error(new Error('broke'));
      }),
    );

    expect(written.at(-1)).toMatch(/^error: broke {2}session_id=.*\n {2}Error: broke\n {4}at /);
  });
});

describe('redaction of log lines (T8, T11)', () => {
  const SECRET = ['sk', 'live', 'abcdefgh'].join('-');

  function loggerWith(...rules: RedactionRuleConfig[]) {
    const redact = new Redactor({ redact: rules, reporter: new Reporter({ level: 'silent' }) });
    const log = new Log({ level: 'info', format: 'json', redact });
    return createLogger(() => ({ log, context: () => ROOT_CONTEXT }));
  }

  it('covers message and fields of any depth, by value and by key', () => {
    const masked = loggerWith((text, key) => (key === 'password' ? '***' : text.replaceAll(SECRET, '***')));
    masked.info(
      { a: [{ b: `x ${SECRET}` }], login: { password: 'p' }, err: new Error(SECRET) },
      `key ${SECRET}`,
    );

    expect(written.join()).not.toContain(SECRET);
    expect(lines()).toMatchObject([{ msg: 'key ***', a: [{ b: 'x ***' }], login: { password: '***' } }]);
  });

  it('masks by name what masks it on a span: numbers, and all that is in a list or map', () => {
    const masked = loggerWith('secrets', { keys: ['ssn'] });
    masked.info({ ssn: 123_456_789, person: { ssn: [1, { a: 'b' }] }, max_tokens: 100, n: 3 }, 'read');

    const mask = '[redacted]';
    expect(lines()).toMatchObject([
      { ssn: mask, person: { ssn: [mask, { a: mask }] }, max_tokens: 100, n: 3, msg: 'read' },
    ]);
  });

  it('is not led in circles by a rule that logs', () => {
    const chatty = loggerWith((text) => {
      chatty.info('a rule was asked');
      return text;
    });
    chatty.info('begin');

    expect(written.length).toBeLessThan(10);
  });

  it('fails closed', () => {
    const broken = loggerWith(() => {
      throw new Error('rule broke');
    });
    broken.info({ token: SECRET }, SECRET);

    expect(written).toHaveLength(1);
    expect(written.join()).not.toContain(SECRET);
  });
});
