import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { deadPort } from '../support/otlp-endpoint.ts';
import { runProgram } from '../support/program.ts';
import { say } from './say.ts';

const SPANS = Number(process.env.SOAK_SPANS ?? 5_000_000);
const BUDGET = 64 * 1024 * 1024;

it(`memory stays within the configured bytes over ${SPANS} spans with the endpoint down (T4)`, async () => {
  const directory = mkdtempSync(join(tmpdir(), 'agentops-soak-'));
  const endpoint = `http://127.0.0.1:${await deadPort()}`;
  const { stdout, stderr } = await runProgram('flooding.ts', [endpoint, String(SPANS)], {
    nodeOptions: ['--expose-gc'],
    env: { AGENTOPS_SPOOL_DIR: directory },
  });
  rmSync(directory, { recursive: true });
  expect(stderr).toBe('');
  const { heap, rss, seconds, ended, pending, spooled, dropped } = JSON.parse(stdout);
  say({
    spans: ended,
    'µs per span': (seconds * 1e6) / SPANS,
    'heap / budget': heap / BUDGET,
    'rss / budget': rss / BUDGET,
    pending,
    spooled,
    dropped,
  });

  expect(pending + spooled + Object.values<number>(dropped).reduce((sum, n) => sum + n, 0)).toBe(ended);
  expect(Object.keys(dropped).filter((reason) => reason !== 'spool_full')).toEqual([]);
  expect(heap).toBeLessThan(BUDGET);
});
