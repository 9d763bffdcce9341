import { gzipSync } from 'node:zlib';
import type { SpanStore } from '@agentops/postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { postOtlp } from '../support/requests.ts';
import { serve } from '../support/servers.ts';
import { lent, storeInMemory, storeWith } from '../support/stores.ts';
import { encodeTraces, recordSpans } from '../support/traces.ts';

describe('the log (D5)', () => {
  let store: SpanStore;
  beforeAll(async () => {
    store = await storeInMemory();
  });
  afterAll(() => store.close());

  it('holds requests and failures, but no key, no query and nothing a span carries', async () => {
    const lines: string[] = [];
    const failure = Object.assign(new Error('the disk is on fire'), {
      detail: 'Failing row contains (s3cret-row)',
    });
    const failing = storeWith(lent(store), { write: () => Promise.reject(failure) });
    const { secret } = await store.keys.create('acme', 'test');
    const server = await serve(failing, {
      logger: { level: 'trace', stream: { write: (line) => void lines.push(line) } },
    });

    const spans = recordSpans(1, (span) => span.setAttribute('prompt', 's3cret-prompt'));
    const headers = { authorization: `Bearer ${secret}`, 'content-encoding': 'gzip' };
    const failed = await postOtlp(server, gzipSync(encodeTraces(spans)), headers);
    expect(failed.status).toBe(500);
    expect(await failed.text()).not.toContain('fire');
    await postOtlp(server, 's3cret-garbage', { authorization: 'Bearer s3cret-key' });
    await fetch(`${server.url}/nowhere?q=s3cret-query`, { headers: { 'x-agentops-api-key': 's3cret-key' } });
    await server.close();

    const log = lines.join('');
    expect(log).toContain('"url":"/v1/traces"');
    expect(log).toContain('the disk is on fire');
    expect(log).not.toContain('s3cret');
    expect(log).not.toContain(secret);
  });

  it('is empty while all is well, by default', async () => {
    const lines: string[] = [];
    const stream = { write: (line: string) => void lines.push(line) };
    const server = await serve(lent(store), { logger: { stream } });
    await postOtlp(server, encodeTraces(recordSpans(1)));
    await fetch(`${server.url}/api/sessions`);
    await fetch(`${server.url}/nowhere`);
    await server.close();
    expect(lines).toEqual([]);
  });
});
