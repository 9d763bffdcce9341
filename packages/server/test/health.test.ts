import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningServer } from '../src/server.ts';
import { apiOf } from './support/requests.ts';
import { serve } from './support/servers.ts';
import { storeInMemory } from './support/stores.ts';

describe('health (D3)', () => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await serve(await storeInMemory());
  });
  afterAll(() => server.close());

  it('names the service and its version, so that a client can tell it is this one', async () => {
    expect(await apiOf(server).health()).toEqual({
      service: 'agentops',
      status: 'ok',
      version: expect.stringMatching(/^\d+\.\d+\.\d+/) as string,
    });
  });

  it('is ready while the store answers', async () => {
    expect(await apiOf(server).ready()).toEqual({ status: 'ready' });
  });
});
