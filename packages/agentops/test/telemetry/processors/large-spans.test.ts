import { ActionEvent, startSession } from 'agentops';
import { describe, expect } from 'vitest';
import { accountOf } from '../../support/invariant.ts';
import { type Answer, deadPort, OtlpEndpoint } from '../../support/otlp-endpoint.ts';
import { itWithSpool as it } from '../../support/sending.ts';

const MB = 1_000_000;

function recordLarge(count: number, bytes: number): void {
  const run = startSession();
  for (let n = 0; n < count; n += 1) {
    run.record(new ActionEvent({ actionType: `a${n}`, params: { text: 'x'.repeat(bytes) } }));
  }
}

const nothingTwice = (endpoint: OtlpEndpoint) =>
  expect(new Set(endpoint.confirmed).size).toBe(endpoint.confirmed.length);

describe('batches (T4)', () => {
  it('are cut by bytes as well as by count, and go on when they are full in either', async ({
    endpoint,
    start,
  }) => {
    const client = start({ batch: { size: 512, interval: 60_000 } });
    recordLarge(10, MB);
    await endpoint.requests(2);
    await client.flush();

    expect(endpoint.confirmed).toHaveLength(10);
    for (const { bytes } of endpoint.received) expect(bytes).toBeLessThan(4 * 1024 * 1024);
  });

  it('that the destination finds too large are halved until it takes them', async ({ endpoint, start }) => {
    endpoint.maxBytes = 300_000;
    const client = start();
    recordLarge(20, 100_000);
    await client.flush();

    nothingTwice(endpoint);
    expect(accountOf(client, 'agentops')).toMatchObject({ ended: 20, delivered: 20, dropped: {} });
    const before = endpoint.received.length;
    recordLarge(20, 100_000);
    await client.flush();
    expect(endpoint.received.slice(before).filter(({ bytes }) => bytes > endpoint.maxBytes)).toEqual([]);
  });

  it('lose the one span that is too large by itself, which is named', async ({ endpoint, errors, start }) => {
    endpoint.maxBytes = 300_000;
    const client = start();
    recordLarge(3, 10_000);
    recordLarge(1, 400_000);
    recordLarge(3, 10_000);
    await client.flush();

    expect(accountOf(client, 'agentops')).toMatchObject({ delivered: 6, dropped: { too_large: 1 } });
    const sent = endpoint.received.find(
      ({ bytes, spans }) => bytes > endpoint.maxBytes && spans.length === 1,
    );
    const { span_id, trace_id } = sent?.spans[0] ?? {};
    expect(errors.find(({ code }) => code === 'spans_dropped')?.message).toMatch(
      new RegExp(`span ${span_id} of trace ${trace_id}, about 4\\d{5} bytes: .* answered 413`),
    );
  });

  it('are given up together where the destination fails between the halves', async ({ endpoint, start }) => {
    const client = start({ batch: { size: 8 } });
    endpoint.answer({ status: 413 }, {}, { status: 503 }, { status: 503 });
    recordLarge(8, 10);
    await client.flush();

    expect(accountOf(client, 'agentops')).toMatchObject({ ended: 8, delivered: 4, spooled: 4, dropped: {} });
    await client.shutdown();
  });

  it('are halved also where they come from the spool, and nothing arrives twice', async ({
    endpoint,
    start,
  }) => {
    const dead = start({ endpoint: `http://127.0.0.1:${await deadPort()}` });
    recordLarge(20, 100_000);
    await dead.shutdown();
    endpoint.maxBytes = 300_000;
    const client = start();
    while (accountOf(client, 'agentops').delivered < 21) await new Promise(setImmediate);

    nothingTwice(endpoint);
    expect(accountOf(client, 'agentops')).toMatchObject({ recovered: 21, delivered: 21, dropped: {} });
  });

  it('lose from the spool what is too large by itself', async ({ endpoint, errors, start }) => {
    const dead = start({ endpoint: `http://127.0.0.1:${await deadPort()}` });
    recordLarge(1, 400_000);
    recordLarge(3, 10);
    await dead.shutdown();
    endpoint.maxBytes = 300_000;
    const client = start();
    while (accountOf(client, 'agentops').delivered < 5) await new Promise(setImmediate);
    await client.shutdown();

    expect(accountOf(client, 'agentops')).toMatchObject({
      recovered: 6,
      delivered: 5,
      dropped: { too_large: 1 },
    });
    expect(errors.at(-1)?.message).toMatch(
      /one that was spooled is a request of 4\d{5} bytes: .* answered 413/,
    );
  });
});

describe('the bytes that wait in memory (T4)', () => {
  it('are spooled beyond the budget, and all arrive', async ({ endpoint, errors, start }) => {
    const held = Promise.withResolvers<Answer>();
    endpoint.answer(held.promise);
    const client = start({ batch: { size: 4, queueBytes: 1024 * 1024 } });
    recordLarge(4, 10);
    await endpoint.requests(1);
    recordLarge(40, 100_000);
    const { pending, spooled } = accountOf(client, 'agentops');
    expect(pending * 100_000).toBeLessThan(1024 * 1024 + 4 * 100_000);
    expect(pending + spooled).toBe(44);
    expect(errors.find(({ code }) => code === 'spans_spooled')?.message).toContain('raise batch.queueBytes');

    held.resolve({});
    await client.shutdown();
    nothingTwice(endpoint);
    expect(accountOf(client, 'agentops')).toMatchObject({
      ended: 46,
      delivered: 46,
      spooled: 0,
      dropped: {},
    });
  });

  it('are dropped beyond the budget where there is no spool, and counted', async ({ start }) => {
    const client = start({ spool: false, batch: { queueBytes: 500_000 } });
    recordLarge(20, 100_000);
    const { pending, dropped } = accountOf(client, 'agentops');
    expect(pending).toBeLessThan(5);
    expect(dropped.queue_full).toBe(20 - pending);
  });

  it('hold no span that is larger than all of them', async ({ endpoint, start }) => {
    const client = start({ batch: { queueBytes: 100_000 } });
    recordLarge(1, 200_000);
    expect(accountOf(client, 'agentops')).toMatchObject({ pending: 0, spooled: 1 });
    await client.shutdown();

    expect(endpoint.confirmed).toHaveLength(2);
  });

  it('count once for all exporters, and are given up by the one that holds the most (T3)', async ({
    endpoint,
    start,
  }) => {
    const held = Promise.withResolvers<Answer>();
    const hanging = await OtlpEndpoint.start();
    hanging.answer(held.promise);
    const client = start({
      exporters: [
        { type: 'agentops', name: 'hanging', endpoint: hanging.url },
        { type: 'agentops', name: 'healthy', endpoint: endpoint.url },
      ],
      batch: { size: 4, queueBytes: 3 * MB },
    });
    // In both lanes at once they would need twice the budget.
    recordLarge(24, 100_000);
    expect(accountOf(client, 'healthy')).toMatchObject({ pending: 24, spooled: 0 });
    await hanging.requests(1);
    for (let round = 1; round <= 8; round += 1) {
      while (accountOf(client, 'healthy').pending > 0) await new Promise(setImmediate);
      recordLarge(8, 100_000);
    }
    while (accountOf(client, 'healthy').pending > 0) await new Promise(setImmediate);
    expect(accountOf(client, 'healthy')).toMatchObject({ delivered: 88, spooled: 0, dropped: {} });
    expect(accountOf(client, 'hanging').spooled).toBeGreaterThan(50);

    held.resolve({});
    await client.shutdown();
    expect(accountOf(client, 'hanging')).toMatchObject({ pending: 0, dropped: {} });
    await hanging.stop();
  });
});
