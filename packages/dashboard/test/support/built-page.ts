import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const BUILT = fileURLToPath(new URL('../../../server/public/index.html', import.meta.url));

/** Builds the page into the server's package, unless the one there is newer than every source. */
export async function buildPage(): Promise<void> {
  const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' });
  const newest = Math.max(
    ...sources.map((name) => changedAt(join(ROOT, 'src', name))),
    ...['index.html', 'vite.config.ts'].map((name) => changedAt(join(ROOT, name))),
  );
  if (newest > changedAt(BUILT)) await buildForProduction();
}

/** The test runner sets NODE_ENV to `test`, with which React's development build would be bundled. */
async function buildForProduction(): Promise<void> {
  const before = process.env.NODE_ENV;
  process.env.NODE_ENV = 'production';
  await build({ root: ROOT, logLevel: 'warn' }).finally(() => {
    process.env.NODE_ENV = before;
  });
}

function changedAt(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
