import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** One copy of a package on disk. */
export interface InstalledPackage {
  readonly name: string;
  readonly version: string;
  /** With links resolved. */
  readonly path: string;
}

/** What a project has installed, in whatever depth. */
export interface InstalledPackages {
  readonly project: { readonly scripts: Readonly<Record<string, string>> };
  /** Every copy, each once. */
  readonly all: readonly InstalledPackage[];
}

/**
 * Walks the `node_modules` that programs in `directory` resolve from: its own, those of the directories above, and what
 * is nested below them. Links, as of workspaces and pnpm, are followed.
 */
export function readInstalledPackages(directory: string): InstalledPackages {
  const found = new Map<string, InstalledPackage>();
  const seen = new Set<string>();
  for (let at = directory; ; at = dirname(at)) {
    walk(join(at, 'node_modules'), found, seen);
    if (dirname(at) === at) break;
  }
  const scripts: unknown = readManifest(directory)?.scripts;
  const texts = Object.entries(typeof scripts === 'object' && scripts !== null ? scripts : {});
  return {
    project: {
      scripts: Object.fromEntries(
        texts.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
      ),
    },
    all: [...found.values()],
  };
}

/** @param seen Directories that have been looked into: links may lead in circles. */
function walk(modules: string, found: Map<string, InstalledPackage>, seen: Set<string>): void {
  const real = realPath(modules);
  if (real === undefined || seen.has(real)) return;
  seen.add(real);
  for (const name of packageNames(real)) {
    const path = realPath(join(real, name));
    if (path === undefined || found.has(path)) continue;
    const version: unknown = readManifest(path)?.version;
    if (typeof version !== 'string') continue;
    found.set(path, { name, version, path });
    walk(join(path, 'node_modules'), found, seen);
    // In pnpm's store a package's dependencies lie beside it.
    const beside = join(path, name.startsWith('@') ? '../..' : '..');
    if (basename(beside) === 'node_modules') walk(beside, found, seen);
  }
}

function packageNames(modules: string): string[] {
  return entriesOf(modules).flatMap((name) => {
    if (name.startsWith('.')) return [];
    return name.startsWith('@') ? entriesOf(join(modules, name)).map((inner) => `${name}/${inner}`) : [name];
  });
}

function entriesOf(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function realPath(path: string): string | undefined {
  return existsSync(path) ? realpathSync(path) : undefined;
}

function readManifest(directory: string): Record<string, unknown> | undefined {
  try {
    const manifest: unknown = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
    return typeof manifest === 'object' && manifest !== null
      ? (manifest as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
