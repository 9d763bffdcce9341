import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { InMemorySpanExporter } from '@opentelemetry/sdk-trace';
import { ActionEvent, type BatchOptions, shutdown, startSession } from 'agentops';
import { describe, expect } from 'vitest';
import { accountOf } from '../../support/invariant.ts';
import { type Answer, deadPort, OtlpEndpoint } from '../../support/otlp-endpoint.ts';
import { numbered, recordActions } from '../../support/record-actions.ts';
import { itWithSpool as it } from '../../support/sending.ts';

const actions = ({ names }: OtlpEndpoint): string[] =>
  names.filter((name) => name.startsWith('action ')).map((name) => name.slice(7));

describe('what cannot be sent (T4)', () => {
  it('is spooled after the last attempt, and sent when the destination takes spans again', async ({
    directory,
    endpoint,
    errors,
    start,
  }) => {
    endpoint.answer({ status: 503 }, { status: 503 });
    const client = start();
    recordActions('patient');
    await client.flush();
    expect(accountOf(client, 'agentops')).toMatchObject({ ended: 1, pending: 0, spooled: 1, dropped: {} });
    expect(errors.at(-1)).toMatchObject({ code: 'spans_spooled' });

    recordActions('next');
    await client.flush();
    await endpoint.requests(4);
    await client.shutdown();
    expect(actions(endpoint)).toEqual(['patient', 'patient', 'next', 'patient']);
    expect(accountOf(client, 'agentops')).toMatchObject({ ended: 4, delivered: 4, spooled: 0, dropped: {} });
    expect(readdirSync(join(directory, 'agentops'))).toEqual([]);
  });

  it('is not spooled where it was refused', async ({ endpoint, start }) => {
    endpoint.answer({ status: 400 });
    const client = start();
    recordActions('bad');
    await client.flush();

    expect(accountOf(client, 'agentops')).toMatchObject({ spooled: 0, dropped: { export_failed: 1 } });
  });

  it('is dropped from the spool where it is refused later', async ({ endpoint, start }) => {
    endpoint.answer({ status: 503 }, { status: 503 }, {}, { status: 400 });
    const client = start();
    recordActions('bad');
    await client.flush();
    recordActions('good');
    await client.flush();
    await endpoint.requests(4);
    await client.shutdown();

    expect(accountOf(client, 'agentops')).toMatchObject({
      delivered: 3,
      spooled: 0,
      dropped: { export_failed: 1 },
    });
  });

  it('is what the queue cannot hold, oldest first', async ({ endpoint, start }) => {
    const held = Promise.withResolvers<Answer>();
    endpoint.answer(held.promise);
    const client = start({ batch: { size: 2, queue: 4 } });
    recordActions('a', 'b');
    await endpoint.requests(1);
    recordActions('c', 'd', 'e', 'f', 'g');
    const { pending, spooled } = accountOf(client, 'agentops');
    expect({ pending, spooled }).toEqual({ pending: 3, spooled: 4 });

    const flushed = client.flush();
    held.resolve({});
    await flushed;
    await client.shutdown();
    expect(actions(endpoint).toSorted()).toEqual([...'abcdefg']);
    expect(accountOf(client, 'agentops')).toMatchObject({ ended: 9, delivered: 9, spooled: 0, dropped: {} });
  });

  it.for<[string, BatchOptions, number]>([
    ['in spans', { size: 4, queue: 32 }, 0],
    ['in bytes', { size: 4, queueBytes: 2_000_000 }, 50_000],
  ])(
    'is made room for before the queue is full %s, and not by the call that ends a span',
    async ([_of, batch, size], { endpoint, start }) => {
      const held = Promise.withResolvers<Answer>();
      endpoint.answer(held.promise);
      const client = start({ batch });
      const run = startSession();
      for (let n = 0; n < 100; n += 1) {
        const before = accountOf(client, 'agentops').spooled;
        run.record(new ActionEvent({ actionType: `a${n}`, params: { text: 'x'.repeat(size) } }));
        expect(accountOf(client, 'agentops').spooled).toBe(before);
        await new Promise(setImmediate);
      }
      expect(accountOf(client, 'agentops').spooled).toBeGreaterThan(50);

      held.resolve({});
      await client.shutdown();
      expect(accountOf(client, 'agentops')).toMatchObject({ ended: 101, delivered: 101, dropped: {} });
    },
  );

  it('is never flushed before what is under way, however much was spooled meanwhile', async ({
    endpoint,
    start,
  }) => {
    const held = Promise.withResolvers<Answer>();
    endpoint.answer(held.promise);
    const client = start({ batch: { size: 2, queue: 4 } });
    recordActions('a', 'b');
    await endpoint.requests(1);
    let isFlushed = false;
    const flushed = client.flush().then(() => {
      isFlushed = true;
    });
    recordActions(...'cdefghijkl');
    await new Promise(setImmediate);
    expect(isFlushed).toBe(false);

    held.resolve({});
    await flushed;
    expect(accountOf(client, 'agentops').delivered).toBeGreaterThanOrEqual(2);
  });

  it('waits for the endpoint through an overflow, and is all there afterwards', async ({ start }) => {
    const port = await deadPort();
    const names = numbered(100);
    const client = start({ endpoint: `http://127.0.0.1:${port}`, batch: { size: 5, queue: 10 } });
    recordActions(...names);
    await client.flush();
    expect(accountOf(client, 'agentops')).toMatchObject({ ended: 100, pending: 0, spooled: 100 });

    const revived = await OtlpEndpoint.start(port);
    recordActions('last');
    await client.flush();
    await client.shutdown();
    expect(actions(revived).toSorted()).toEqual([...names, 'last'].toSorted());
    expect(accountOf(client, 'agentops')).toMatchObject({ delivered: 103, spooled: 0, dropped: {} });
    await revived.stop();
  });

  it('is dropped and counted where it cannot be spooled either, which is reported once', async ({
    errors,
    start,
  }) => {
    const client = start({
      endpoint: `http://127.0.0.1:${await deadPort()}`,
      spool: { directory: join(import.meta.filename, 'below-a-file') },
      batch: { size: 2, queue: 4 },
    });
    recordActions(...'abcdefgh');
    await client.flush();

    const { ended, spooled, dropped } = accountOf(client, 'agentops');
    expect({ ended, spooled }).toEqual({ ended: 8, spooled: 0 });
    expect((dropped.queue_full ?? 0) + (dropped.export_failed ?? 0)).toBe(8);
    expect(errors.filter(({ code }) => code === 'spool_failed')).toHaveLength(1);
  });
});

describe('what is left at the shutdown (T5)', () => {
  it('is spooled at the deadline, and sent by the next client', async ({ endpoint, start }) => {
    const held = Promise.withResolvers<Answer>();
    endpoint.answer(held.promise, held.promise);
    const first = start({ batch: { size: 2 } });
    recordActions('a', 'b', 'c');
    await endpoint.requests(1);
    await first.shutdown(50);
    expect(accountOf(first, 'agentops')).toMatchObject({ ended: 4, pending: 0, spooled: 4, dropped: {} });
    held.resolve({});

    const back = await OtlpEndpoint.start();
    const second = start({ endpoint: back.url });
    await second.shutdown();
    expect(actions(back)).toEqual(['a', 'b', 'c']);
    expect(accountOf(second, 'agentops')).toMatchObject({ ended: 0, recovered: 4, delivered: 4, spooled: 0 });
    await back.stop();
  });

  it('is sent by the next client at its start already', async ({ endpoint, start }) => {
    const first = start({ endpoint: `http://127.0.0.1:${await deadPort()}` });
    recordActions('a');
    await first.shutdown();
    start();
    await endpoint.requests(1);

    expect(endpoint.names).toEqual(['action a', 'run']);
  });

  it('stays where the next client cannot send it either', async ({ endpoint, start }) => {
    const dead = `http://127.0.0.1:${await deadPort()}`;
    for (const name of ['a', 'b', 'c']) {
      start({ endpoint: dead });
      recordActions(name);
      await shutdown();
    }
    await start().shutdown();

    expect(actions(endpoint).toSorted()).toEqual(['a', 'b', 'c']);
  });

  it('is never sent under another service or exporter', async ({ endpoint, start }) => {
    const dead = { type: 'agentops', endpoint: `http://127.0.0.1:${await deadPort()}` } as const;
    const other = await OtlpEndpoint.start();
    start({ exporters: [{ type: 'agentops', endpoint: other.url }, dead] });
    recordActions('of the second');
    await shutdown();
    start({ serviceName: 'another', exporters: [dead, { type: 'agentops', endpoint: endpoint.url }] });
    await shutdown();
    start({ exporters: [{ type: 'agentops', endpoint: endpoint.url }] });
    await shutdown();
    expect(endpoint.names).toEqual([]);

    start({ exporters: [dead, { type: 'agentops', endpoint: endpoint.url }] });
    await shutdown();
    expect(actions(endpoint)).toEqual(['of the second']);
    await other.stop();
  });

  it('is not spooled for exporters that take spans and no bytes', async ({ directory, start }) => {
    const memory = new InMemorySpanExporter();
    memory.export = (_spans, done) => done({ code: 1, error: new Error('cannot') });
    const client = start({ exporters: [memory] });
    recordActions('a');
    await client.shutdown();

    expect(accountOf(client, 'InMemorySpanExporter')).toMatchObject({ dropped: { export_failed: 2 } });
    expect(readdirSync(directory)).toEqual([]);
  });
});
