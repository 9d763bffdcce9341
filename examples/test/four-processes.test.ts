import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { type RunningServer, startServer } from '@agentops/server';
import type { SpanSkeleton } from '@agentops/server/api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let backend: RunningServer;
beforeAll(async () => {
  backend = await startServer({ port: 0, logger: { level: 'silent' } });
});
afterAll(() => backend?.close());

describe('a session through four processes and a program without SDK (C2)', () => {
  it('is one tree', { timeout: 120_000 }, async () => {
    const main = fileURLToPath(new URL('../four-processes/main.ts', import.meta.url));
    const child = spawn(process.execPath, ['--conditions=@agentops/source', main, 'lantern'], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, AGENTOPS_ENDPOINT: backend.url },
    });
    const [output, errors] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close'),
    ]);
    expect(errors).toBe('');
    const { session, ...answer } = JSON.parse(output);
    expect(answer).toEqual({ item: 'lantern', price: 12.5, left: 7 });
    await backend.store.settle();

    const response = await fetch(`${backend.url}/api/sessions/${session}/spans`);
    const { spans } = (await response.json()) as { readonly spans: readonly SpanSkeleton[] };
    expect(treeOf(spans)).toEqual([
      'web: order',
      '  worker: process order',
      '    worker: invoke_agent buyer',
      '      worker: shop.Pricing/Quote',
      '        pricing: shop.Pricing/Quote',
      '          pricing: tools/call stock',
      '            inventory: tools/call stock',
      '              inventory: action count',
      '      label-printer: print label',
    ]);
  });
});

/** One line a span: two blanks for each level, in the order of their starts. */
function treeOf(spans: readonly SpanSkeleton[], parent: string | null = null, depth = 0): string[] {
  return spans
    .filter(({ parent_span_id }) => parent_span_id === parent)
    .flatMap(({ span_id, service_name, name }) => [
      `${'  '.repeat(depth)}${service_name}: ${name}`,
      ...treeOf(spans, span_id, depth + 1),
    ]);
}
