import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Destination } from '../../../src/telemetry/transport/destination.ts';
import { HttpClient } from '../../../src/telemetry/transport/http-client.ts';
import { RawEndpoint } from '../../support/raw-endpoint.ts';

let endpoint: RawEndpoint;
let client: HttpClient;
const body = Buffer.from('request');
const never = new AbortController().signal;

beforeEach(async () => {
  endpoint = await RawEndpoint.start();
  client = new HttpClient(to(endpoint.url));
});

afterEach(async () => {
  client.close();
  await endpoint.stop();
});

function to(url: string): Destination {
  return { transport: 'http', url, headers: { 'x-tenant': 't1' }, compression: 'none' };
}

describe('the HTTP client (T12)', () => {
  it('sends over one connection', async () => {
    for (let n = 0; n < 3; n += 1) await client.request(body, never);

    expect(endpoint.requests.map(({ connection }) => connection)).toEqual([1, 1, 1]);
    expect(endpoint.requests[0]).toMatchObject({
      body,
      headers: { 'x-tenant': 't1', 'content-length': '7' },
    });
  });

  it('sends again at once what met a connection that the endpoint had just closed', async () => {
    // Answers the first request of each connection and resets the connection at the second.
    let connections = 0;
    const server = createServer((socket) => {
      connections += 1;
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\nconnection: keep-alive\r\ncontent-length: 0\r\n\r\n');
        socket.once('data', () => socket.resetAndDestroy());
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as import('node:net').AddressInfo;
    const kept = new HttpClient(to(`http://127.0.0.1:${port}`));
    const statuses = [(await kept.request(body, never)).status, (await kept.request(body, never)).status];
    kept.close();
    server.close();

    expect(statuses).toEqual([200, 200]);
    expect(connections).toBe(2);
  });

  it('reads the first 64 KiB of an answer', async () => {
    endpoint.answer({ status: 400, body: 'x'.repeat(1_000_000) });
    const answer = await client.request(body, never);

    expect(answer.status).toBe(400);
    expect(answer.body).toHaveLength(64 * 1024);
    expect((await client.request(body, never)).status).toBe(200);
  });

  it('does not follow a redirect', async () => {
    endpoint.answer({ status: 307, headers: { location: `${endpoint.url}/other` } });

    expect(await client.request(body, never)).toMatchObject({
      status: 307,
      headers: { location: `${endpoint.url}/other` },
    });
    expect(endpoint.requests).toHaveLength(1);
  });

  it('lets go of an answer when it is told to', async () => {
    endpoint.answer(new Promise(() => {}));
    const limit = new AbortController();
    const answer = client.request(body, limit.signal);
    limit.abort(new Error('timed out'));

    await expect(answer).rejects.toThrow('timed out');
    await expect(client.request(body, limit.signal)).rejects.toThrow('timed out');
  });

  it('cuts off what is under way when it is closed', async () => {
    endpoint.answer(new Promise(() => {}));
    const answer = client.request(body, never);
    client.close();

    await expect(answer).rejects.toThrow('the exporter was shut down');
    await expect(client.request(body, never)).rejects.toThrow('the exporter was shut down');
  });

  it('rejects where the connection breaks within the answer', async () => {
    const server = createServer((socket) => {
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf'));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as import('node:net').AddressInfo;
    const other = new HttpClient(to(`http://127.0.0.1:${port}`));

    await expect(other.request(body, never)).rejects.toThrow(/aborted|closed/);
    server.close();
  });
});
