import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ActionEvent, type AgentOpsError, type InitOptions, init, shutdown, startSession } from 'agentops';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { accountOf } from '../../support/invariant.ts';
import { type Answer, deadPort, OtlpEndpoint } from '../../support/otlp-endpoint.ts';

const MB = 1_000_000;

let directory: string;
let endpoint: OtlpEndpoint;
let errors: AgentOpsError[];

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'agentops-large-'));
  endpoint = await OtlpEndpoint.start();
  errors = [];
});

afterEach(async () => {
  await shutdown();
  await endpoint.stop();
  rmSync(directory, { recursive: true });
});

function start(options: InitOptions = {}) {
  return init({
    endpoint: endpoint.url,
    spool: { directory },
    retry: { initial: 1, max: 1, attempts: 2 },
    logs: { level: 'silent' },
    onError: (error) => errors.push(error),
    ...options,
  });
}

function recordActions(count: number, bytes: number): void {
  const run = startSession();
  for (let n = 0; n < count; n += 1) {
    run.record(new ActionEvent({ actionType: `a${n}`, params: { text: 'x'.repeat(bytes) } }));
  }
}

const nothingTwice = () => expect(new Set(endpoint.confirmed).size).toBe(endpoint.confirmed.length);

describe('batches (T4)', () => {
  it('are cut by bytes as well as by count, and go on when they are full in either', async () => {
    const client = start({ batch: { size: 512, interval: 60_000 } });
    recordActions(10, MB);
    await endpoint.requests(2);
    await client.flush();

    expect(endpoint.confirmed).toHaveLength(10);
    for (const { bytes } of endpoint.received) expect(bytes).toBeLessThan(4 * 1024 * 1024);
  });

  it('that the destination finds too large are halved until it takes them', async () => {
    endpoint.maxBytes = 300_000;
    const client = start();
    recordActions(20, 100_000);
    await client.flush();

    nothingTwice();
    expect(accountOf(client, 'agentops')).toMatchObject({ ended: 20, delivered: 20, dropped: {} });
    const before = endpoint.received.length;
    recordActions(20, 100_000);
    await client.flush();
    expect(endpoint.received.slice(before).filter(({ bytes }) => bytes > endpoint.maxBytes)).toEqual([]);
  });

  it('lose the one span that is too large by itself, which is named', async () => {
    endpoint.maxBytes = 300_000;
    const client = start();
    recordActions(3, 10_000);
    recordActions(1, 400_000);
    recordActions(3, 10_000);
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

  it('are given up together where the destination fails between the halves', async () => {
    const client = start({ batch: { size: 8 } });
    endpoint.answer({ status: 413 }, {}, { status: 503 }, { status: 503 });
    recordActions(8, 10);
    await client.flush();

    expect(accountOf(client, 'agentops')).toMatchObject({ ended: 8, delivered: 4, spooled: 4, dropped: {} });
    await client.shutdown();
  });

  it('are halved also where they come from the spool, and nothing arrives twice', async () => {
    const dead = start({ endpoint: `http://127.0.0.1:${await deadPort()}` });
    recordActions(20, 100_000);
    await dead.shutdown();
    endpoint.maxBytes = 300_000;
    const client = start();
    while (accountOf(client, 'agentops').delivered < 21) await new Promise(setImmediate);

    nothingTwice();
    expect(accountOf(client, 'agentops')).toMatchObject({ recovered: 21, delivered: 21, dropped: {} });
  });

  it('lose from the spool what is too large by itself', async () => {
    const dead = start({ endpoint: `http://127.0.0.1:${await deadPort()}` });
    recordActions(1, 400_000);
    recordActions(3, 10);
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
  it('are spooled beyond the budget, and all arrive', async () => {
    const held = Promise.withResolvers<Answer>();
    endpoint.answer(held.promise);
    const client = start({ batch: { size: 4, queueBytes: 1024 * 1024 } });
    recordActions(4, 10);
    await endpoint.requests(1);
    recordActions(40, 100_000);
    const { pending, spooled } = accountOf(client, 'agentops');
    expect(pending * 100_000).toBeLessThan(1024 * 1024 + 4 * 100_000);
    expect(pending + spooled).toBe(44);
    expect(errors.find(({ code }) => code === 'spans_spooled')?.message).toContain('raise batch.queueBytes');

    held.resolve({});
    await client.shutdown();
    nothingTwice();
    expect(accountOf(client, 'agentops')).toMatchObject({
      ended: 46,
      delivered: 46,
      spooled: 0,
      dropped: {},
    });
  });

  it('are dropped beyond the budget where there is no spool, and counted', async () => {
    const client = start({ spool: false, batch: { queueBytes: 500_000 } });
    recordActions(20, 100_000);
    const { pending, dropped } = accountOf(client, 'agentops');
    expect(pending).toBeLessThan(5);
    expect(dropped.queue_full).toBe(20 - pending);
  });

  it('hold no span that is larger than all of them', async () => {
    const client = start({ batch: { queueBytes: 100_000 } });
    recordActions(1, 200_000);
    expect(accountOf(client, 'agentops')).toMatchObject({ pending: 0, spooled: 1 });
    await client.shutdown();

    expect(endpoint.confirmed).toHaveLength(2);
  });

  it('count once for all exporters, and are given up by the one that holds the most (T3)', async () => {
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
    recordActions(24, 100_000);
    expect(accountOf(client, 'healthy')).toMatchObject({ pending: 24, spooled: 0 });
    await hanging.requests(1);
    for (let round = 1; round <= 8; round += 1) {
      while (accountOf(client, 'healthy').pending > 0) await new Promise(setImmediate);
      recordActions(8, 100_000);
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
