import { encodeExportResponse } from '@agentops/otlp';
import { describe, expect, vi } from 'vitest';
import { accountOf } from '../../support/invariant.ts';
import type { Answer } from '../../support/otlp-endpoint.ts';
import { numbered, recordActions } from '../../support/record-actions.ts';
import { it } from '../../support/sending.ts';

describe('the way to one exporter, without a spool', () => {
  it('goes on by itself, in batches of the set size, one at a time', async ({ endpoint, start }) => {
    const held = Promise.withResolvers<Answer>();
    endpoint.answer(held.promise);
    const client = start({ batch: { size: 4, interval: 10 } });
    recordActions(...numbered(10));
    await endpoint.requests(1);
    expect(accountOf(client, 'agentops')).toMatchObject({ ended: 10, pending: 10, delivered: 0 });

    held.resolve({});
    await endpoint.requests(3);
    expect(endpoint.received.map((request) => request.spans.length)).toEqual([4, 4, 2]);
    await client.flush();
    expect(accountOf(client, 'agentops')).toMatchObject({ pending: 0, delivered: 10 });
  });

  it('drops what its queue cannot hold, and counts it', async ({ errors, start }) => {
    const client = start({ batch: { size: 3, queue: 3 } });
    recordActions(...numbered(10));
    expect(accountOf(client, 'agentops')).toMatchObject({
      ended: 10,
      pending: 3,
      dropped: { queue_full: 7 },
    });
    expect(errors[0]?.message).toContain('3 are waiting; raise batch.queue or check the exporter');

    await client.flush();
    expect(accountOf(client, 'agentops')).toMatchObject({ delivered: 3, dropped: { queue_full: 7 } });
  });

  it('is flushed only when what was under way has arrived too', async ({ endpoint, start }) => {
    const held = Promise.withResolvers<Answer>();
    endpoint.answer(held.promise);
    const client = start({ batch: { size: 2, queue: 4 } });
    recordActions(...numbered(2));
    await endpoint.requests(1);
    const flushed = client.flush();
    recordActions(...numbered(9));
    let isFlushed = false;
    void flushed.then(() => {
      isFlushed = true;
    });
    await new Promise(setImmediate);
    expect(isFlushed).toBe(false);
    expect(accountOf(client, 'agentops')).toMatchObject({ pending: 4, dropped: { queue_full: 7 } });

    held.resolve({});
    await flushed;
    expect(accountOf(client, 'agentops').delivered).toBeGreaterThanOrEqual(2);
  });

  it('takes several flushes at once, and one with nothing to do', async ({ endpoint, start }) => {
    const client = start();
    await client.flush();
    recordActions(...numbered(5));
    await Promise.all([client.flush(), client.flush()]);

    expect(endpoint.names).toHaveLength(5);
  });

  it('delivers what is left at the shutdown, without waiting for a better time', async ({
    endpoint,
    start,
  }) => {
    endpoint.answer({ status: 503, headers: { 'retry-after': '3600' } });
    const client = start({ batch: { size: 2 } });
    recordActions(...numbered(3));
    await endpoint.requests(1);
    await client.shutdown();

    expect(accountOf(client, 'agentops')).toMatchObject({ pending: 0, delivered: 4, dropped: {} });
  });

  it('drops at the deadline of the shutdown what has not arrived, and what ends after it', async ({
    endpoint,
    errors,
    start,
  }) => {
    const held = Promise.withResolvers<Answer>();
    endpoint.answer(held.promise);
    const client = start({ batch: { size: 2 } });
    recordActions(...numbered(5));
    await endpoint.requests(1);
    await client.shutdown(50);

    expect(accountOf(client, 'agentops')).toMatchObject({ ended: 6, pending: 0, dropped: { shutdown: 6 } });
    held.resolve({});
    expect(new Set(errors.map(({ code }) => code))).toEqual(new Set(['spans_dropped']));
    expect(errors[0]?.message).toContain('the deadline of the shutdown passed');
  });

  it('adds up at every moment of a rough passage', async ({ endpoint, start }) => {
    endpoint.answer(
      { status: 503 },
      { status: 400 },
      {},
      { status: 429 },
      { headers: { 'content-type': 'text/html' }, body: 'hello' },
    );
    const client = start({
      batch: { size: 3, interval: 1, queue: 20 },
      retry: { initial: 1, max: 2, attempts: 3 },
    });
    for (let round = 0; round < 10; round += 1) {
      recordActions(...numbered(4));
      accountOf(client, 'agentops');
      await new Promise(setImmediate);
      accountOf(client, 'agentops');
    }
    await client.flush();

    const account = accountOf(client, 'agentops');
    expect(account).toMatchObject({ ended: 40, pending: 0 });
    expect(account.dropped.export_failed).toBeGreaterThanOrEqual(2);
  });
});

describe('spans that the backend rejects (T4)', () => {
  it('are told once a minute, with how many and why, and not sent again', async ({
    endpoint,
    errors,
    start,
  }) => {
    const written: string[] = [];
    const write = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
      written.push(String(text));
      return true;
    });
    vi.useFakeTimers({ toFake: ['performance'] });
    const rejecting = (count: number, why: string) => ({
      body: encodeExportResponse('application/x-protobuf', count, why),
    });
    endpoint.answer(
      rejecting(1, 'bad id 17'),
      rejecting(2, 'bad ids 18, 19'),
      rejecting(3, 'bad ids 20, 21, 22'),
    );
    const client = start({ logs: { level: 'warn' } });
    for (let round = 0; round < 3; round += 1) {
      if (round === 2) vi.advanceTimersByTime(61_000);
      recordActions(...numbered(4));
      await client.flush();
    }
    vi.useRealTimers();
    write.mockRestore();

    expect(written).toEqual([
      'agentops error: exporter agentops dropped 1 span (rejected, 1 so far): bad id 17  code=spans_dropped\n',
      'agentops error: exporter agentops dropped 3 spans (rejected, 6 so far): bad ids 20, 21, 22 (and 1 time more in the last minute)  code=spans_dropped\n',
    ]);
    expect(errors).toHaveLength(3);
    expect(endpoint.received).toHaveLength(3);
    expect(accountOf(client, 'agentops')).toMatchObject({
      ended: 12,
      delivered: 6,
      dropped: { rejected: 6 },
    });
  });
});
