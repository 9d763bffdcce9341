import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningServer } from '../src/server.ts';
import { serve } from './support/servers.ts';
import { lent, storeInMemory } from './support/stores.ts';

describe('the dashboard (D4)', () => {
  const directory = mkdtempSync(join(tmpdir(), 'agentops-dashboard-'));
  let server: RunningServer;

  beforeAll(async () => {
    mkdirSync(join(directory, 'assets'));
    writeFileSync(join(directory, 'index.html'), '<!doctype html><title>AgentOps</title>');
    writeFileSync(join(directory, 'assets', 'main-3f2a91.js'), 'export {};');
    writeFileSync(join(directory, 'icon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
    writeFileSync(join(directory, '.secret'), 'not for the web');
    server = await serve(await storeInMemory(), {}, directory);
  });
  afterAll(async () => {
    await server.close();
    rmSync(directory, { recursive: true });
  });

  const get = (path: string) => fetch(`${server.url}${path}`);

  it.each(['/', '/sessions', '/sessions/0191-2b', '/sessions/0191-2b/spans/7'])(
    'is one page, never kept by a cache without asking, at %s',
    async (path) => {
      const response = await get(path);
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toMatch(/^text\/html/);
      expect(response.headers.get('cache-control')).toBe('no-cache');
      expect(await response.text()).toContain('<title>AgentOps</title>');
    },
  );

  it('lets caches keep files whose names carry a hash, and asks again for the others', async () => {
    const script = await get('/assets/main-3f2a91.js');
    expect(script.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(script.headers.get('content-type')).toMatch(/javascript/);
    expect((await get('/icon.svg')).headers.get('cache-control')).toBe('no-cache');
  });

  it.each(['/settings', '/assets/gone.js', '/.secret', '/%2e%2e/package.json'])(
    'has nothing at %s',
    async (path) => {
      const response = await get(path);
      expect(response.status).toBe(404);
      expect(response.headers.get('cache-control')).toBeNull();
      expect(await response.json()).toMatchObject({ error: { code: 'not_found' } });
    },
  );

  it('may load from its own origin only and be framed by nobody', async () => {
    const { headers } = await get('/');
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'self';.*frame-ancestors 'none'/);
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
  });

  it('says how to build it where it has not been built', async () => {
    const bare = await serve(lent(server.store), {}, join(directory, 'missing'));
    const response = await fetch(`${bare.url}/`);
    expect(response.status).toBe(503);
    expect(await response.text()).toContain('npm run build');
    await bare.close();
  });
});
