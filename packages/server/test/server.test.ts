import { createServer } from 'node:net';
import type { SpanStore } from '@agentops/postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer } from '../src/index.ts';
import { postOtlp } from './support/requests.ts';
import { QUIET, serve } from './support/servers.ts';
import { lent, storeInMemory, storeThatWaits, storeWith } from './support/stores.ts';
import { encodeTraces, recordSpans } from './support/traces.ts';

describe('starting a server (D3)', () => {
  it('listens on a free port with a store in memory, until it is closed', async () => {
    const server = await startServer(QUIET);
    expect(server.url).toBe(`http://127.0.0.1:${server.port}`);
    expect((await postOtlp(server, encodeTraces(recordSpans(2)))).status).toBe(200);
    expect(server.counts.spansStored).toBe(2);
    await server.close();
    await expect(fetch(`${server.url}/healthz`)).rejects.toThrow();
  });

  it('says that the port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as { port: number };
    await expect(startServer({ ...QUIET, port })).rejects.toMatchObject({
      code: 'address_unavailable',
      message: expect.stringContaining(`port ${port}`) as string,
    });
    other.close();
  });

  it('rejects wrong options before it opens anything', async () => {
    await expect(startServer({ port: -1 })).rejects.toMatchObject({ code: 'invalid_options' });
  });
});

describe('closing a server (D3)', () => {
  let shared: SpanStore;
  beforeAll(async () => {
    shared = await storeInMemory();
  });
  afterAll(() => shared.close());

  it('finishes the request in flight, then closes the store, once', async () => {
    const order: string[] = [];
    const telling = storeWith(shared, {
      settle: async () => {
        await shared.settle();
        order.push('settled');
      },
      close: async () => {
        order.push('store closed');
      },
    });
    const { store, writing, commit } = storeThatWaits(telling);
    const server = await serve(store, { limits: { closeTimeoutMs: 600_000 } });
    const answered = postOtlp(server, encodeTraces(recordSpans(1))).then(({ status }) =>
      order.push(`answered ${status}`),
    );
    await writing;
    const closed = Promise.all([server.close(), server.close()]);
    await expect(fetch(`${server.url}/healthz`)).rejects.toThrow();
    commit();
    await Promise.all([answered, closed]);
    expect(order).toEqual(['answered 200', 'settled', 'store closed']);
  });

  it('does not wait for a request longer than it was told to', async () => {
    const { store, writing, commit } = storeThatWaits(lent(shared));
    const server = await serve(store, { limits: { closeTimeoutMs: 50 } });
    const cut = expect(postOtlp(server, encodeTraces(recordSpans(1)))).rejects.toThrow();
    await writing;
    const closed = server.close();
    await cut;
    commit();
    await closed;
  });
});
