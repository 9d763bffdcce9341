import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AgentOpsError, type Client, type InitOptions, init, shutdown } from 'agentops';
import { test } from 'vitest';
import { OtlpEndpoint } from './otlp-endpoint.ts';

/**
 * Tests that send: each has an endpoint, a directory and a client of its own, as far as it asks for them, and what that
 * client has reported. A file that wants other defaults for `start` extends `options`.
 */
export const it = test
  // biome-ignore lint/correctness/noEmptyPattern: Vitest reads from the pattern what a fixture needs
  .extend('endpoint', async ({}, { onCleanup }) => {
    const endpoint = await OtlpEndpoint.start();
    onCleanup(() => endpoint.stop());
    return endpoint;
  })
  // biome-ignore lint/correctness/noEmptyPattern: as above
  .extend('directory', ({}, { onCleanup }) => {
    const directory = mkdtempSync(join(tmpdir(), 'agentops-sending-'));
    onCleanup(() => rmSync(directory, { recursive: true }));
    return directory;
  })
  .extend('errors', (): AgentOpsError[] => [])
  .extend('options', (): InitOptions => ({ spool: false }))
  .extend('start', ({ endpoint, errors, options }, { onCleanup }) => {
    onCleanup(() => shutdown());
    return (more: InitOptions = {}): Client =>
      init({
        endpoint: endpoint.url,
        logs: { level: 'silent' },
        onError: (error) => errors.push(error),
        ...options,
        ...more,
      });
  });

/** The same with a spool in the directory, after two attempts that come quickly. */
export const itWithSpool = it.extend('options', ({ directory }) => ({
  spool: { directory },
  retry: { initial: 1, max: 1, attempts: 2 },
}));
