import { AsyncLocalStorage } from 'node:async_hooks';
import { type InitOptions, logger, session, tool } from 'agentops';
import { describe, expect } from 'vitest';
import { accountOf } from '../../support/invariant.ts';
import { LogsEndpoint } from '../../support/logs-endpoint.ts';
import { type Answer, deadPort } from '../../support/otlp-endpoint.ts';
import { it as sending } from '../../support/sending.ts';

const it = sending.extend('options', (): InitOptions => ({ spool: false, batch: { interval: 60_000 } }));

describe('a platform that freezes the program between requests (T5)', () => {
  it('is given a promise at the end of a session, of the delivery of all of it', async ({
    endpoint,
    start,
  }) => {
    const held = Promise.withResolvers<Answer>();
    endpoint.answer(held.promise);
    const deliveries: Promise<void>[] = [];
    const client = start({ waitUntil: (delivery) => deliveries.push(delivery) });
    session('run', () => tool('search', () => 'found'));
    expect(deliveries).toHaveLength(1);
    let isDelivered = false;
    void deliveries[0]?.then(() => {
      isDelivered = true;
    });
    await endpoint.requests(1);
    expect(isDelivered).toBe(false);

    held.resolve({});
    await deliveries[0];
    expect(accountOf(client, 'agentops')).toMatchObject({ ended: 2, delivered: 2, pending: 0 });
  });

  it('waits for the log records as well', async ({ start }) => {
    const records = await LogsEndpoint.start();
    const deliveries: Promise<void>[] = [];
    start({
      waitUntil: (delivery) => deliveries.push(delivery),
      exporters: [],
      logs: { level: 'error', otlp: { endpoint: records.url } },
    });
    session('run', () => logger.error('gave up'));
    await deliveries[0];

    expect(records.records.map(({ body }) => body)).toEqual(['gave up']);
    await records.stop();
  });

  it('finds its request, whose end of the session it is', async ({ start }) => {
    const request = new AsyncLocalStorage<string>();
    const seen: unknown[] = [];
    start({ waitUntil: () => seen.push(request.getStore()) });
    await request.run('first', () => session('run', async () => {}));
    await request.run('second', () => session('run', async () => {}));

    expect(seen).toEqual(['first', 'second']);
  });

  it('is given a promise that never rejects, whatever becomes of the spans', async ({ start }) => {
    const deliveries: Promise<void>[] = [];
    const dead = `http://127.0.0.1:${await deadPort()}`;
    start({
      waitUntil: (delivery) => deliveries.push(delivery),
      endpoint: dead,
      retry: { initial: 1, max: 1, attempts: 2 },
    });
    session('run', () => {});

    await expect(deliveries[0]).resolves.toBeUndefined();
  });

  it('disturbs nobody where it fails', async ({ errors, start }) => {
    start({
      waitUntil: () => {
        throw new Error('outside a request');
      },
    });
    expect(session('run', () => 'result')).toBe('result');

    expect(errors).toMatchObject([{ code: 'internal' }]);
    expect(errors[0]?.message).toContain('outside a request');
  });
});
