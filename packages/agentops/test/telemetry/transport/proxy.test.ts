import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import process from 'node:process';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { HttpClient } from '../../../src/telemetry/transport/http-client.ts';

const [major = 0] = process.versions.node.split('.').map(Number);

afterEach(() => {
  vi.unstubAllEnvs();
});

describe.runIf(major >= 24)('a proxy named in the environment (T12)', () => {
  it.each([
    ['1', ['http://127.0.0.1:1/v1/traces']],
    ['', []],
  ])('is used where Node has been told to use one (NODE_USE_ENV_PROXY=%s)', async (isUsed, expected) => {
    const asked: unknown[] = [];
    const proxy = createServer((request, response) => {
      asked.push(request.url);
      response.end();
    }).listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    vi.stubEnv('NODE_USE_ENV_PROXY', isUsed);
    vi.stubEnv('HTTP_PROXY', `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`);
    vi.stubEnv('NO_PROXY', undefined);
    const client = new HttpClient({
      transport: 'http',
      url: 'http://127.0.0.1:1/v1/traces',
      headers: {},
      compression: 'none',
    });
    await client.request(new Uint8Array(), AbortSignal.timeout(1000)).catch(() => {});
    client.close();
    proxy.close();

    expect(asked).toEqual(expected);
  });
});
