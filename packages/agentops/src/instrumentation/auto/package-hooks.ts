import { readFileSync } from 'node:fs';
// Not by name: a Node that has no `registerHooks` must get as far as being told that it is too old.
import module, { createRequire, register } from 'node:module';
import { join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { Hook as ImportHook } from 'import-in-the-middle';
import { register as registerInThread, supportsSyncHooks } from 'import-in-the-middle/register-hooks.mjs';
import { Hook as RequireHook } from 'require-in-the-middle';

/** Told the exports of a package each time a copy of it is loaded. */
export type PackageListener = (name: string, exported: object) => void;

/** Tells `listener` of every copy of `packages` that is imported or required from now on. To be called once. */
export function onLoad(packages: readonly string[], listener: PackageListener): void {
  const names = [...packages];
  if (supportsSyncHooks()) registerInThread({ include: names });
  else register('import-in-the-middle/hook.mjs', import.meta.url, { data: { include: names } });
  new ImportHook(names, (exported, name) => listener(name, exported));
  new RequireHook(names, (exported, name) => {
    listener(name, Object(exported) as object);
    return exported;
  });
}

/**
 * Tells `listener` of the copies of `packages` that the program has loaded before: hooks come too late for those, since
 * a module's imports run before its first line. A package that the program can import and has not is loaded by this;
 * one that it has not got is passed over. Never rejects.
 */
export async function findLoaded(packages: readonly string[], listener: PackageListener): Promise<void> {
  const program = programUrl();
  const require = createRequire(program);
  // Bare names are looked up from where the program lies, not from here.
  const hooks = module.registerHooks({
    resolve: (specifier, context, next) =>
      specifier.startsWith(FROM_PROGRAM)
        ? next(specifier.slice(FROM_PROGRAM.length), { ...context, parentURL: program })
        : next(specifier, context),
  });
  const found = packages.map(async (name) => {
    try {
      const required: unknown = require.cache[require.resolve(name)]?.exports;
      if (required !== undefined) listener(name, Object(required) as object);
      listener(name, await import(`${FROM_PROGRAM}${name}`));
    } catch {
      // Not installed where the program lies.
    }
  });
  await Promise.all(found);
  hooks.deregister();
}

/** The version of a package that the program can import, whether or not it lets its `package.json` be read. */
export function installedVersion(module: string): string | undefined {
  const name = module.split('/').slice(0, module.startsWith('@') ? 2 : 1);
  for (const folder of createRequire(programUrl()).resolve.paths(module) ?? []) {
    try {
      const { version } = JSON.parse(readFileSync(join(folder, ...name, 'package.json'), 'utf8'));
      return typeof version === 'string' ? version : undefined;
    } catch {
      // Not in this folder.
    }
  }
  return undefined;
}

const FROM_PROGRAM = 'agentops-from-program:';

/** Where the program lies, from which the names of packages are looked up. */
export function programUrl(): string {
  const [, program = `${process.cwd()}/`] = process.argv;
  return pathToFileURL(program).href;
}
