import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { OtelInstrumentation } from '../../config/instrumentation-options.ts';
import { mendLangChain } from './langchain.ts';
import { programUrl } from './package-hooks.ts';

const SCOPE = '@traceloop';
const PREFIX = 'instrumentation-';

/** Libraries that we can instrument ourselves, by their names with OpenLLMetry. */
export const OWN_LIBRARIES: Readonly<Record<string, string>> = {
  openai: 'openai',
  anthropic: 'anthropic',
  'google-generativeai': 'google',
};

/** Modules that an instrumentation loads and patches by itself, a moment after it has been made. */
const PATCHED_BY_ITSELF: Readonly<Record<string, readonly string[]>> = {
  langchain: ['@langchain/core/callbacks/manager'],
};

/** One package of OpenLLMetry's, made once in a process: what it has patched knows this instance for good. */
export interface OpenLlmetryPackage {
  readonly library: string;
  readonly instrumentations: readonly OtelInstrumentation[];
  /** To be waited for. */
  readonly modules: readonly string[];
}

const made = new Map<string, OpenLlmetryPackage>();

/** The libraries for which a package is installed where the program lies. */
export function installedLibraries(): string[] {
  const folders = createRequire(programUrl()).resolve.paths(SCOPE) ?? [];
  const names = folders.flatMap((folder) => entriesOf(join(folder, SCOPE)));
  return [...new Set(names.filter((name) => name.startsWith(PREFIX)))].map((name) =>
    name.slice(PREFIX.length),
  );
}

/**
 * Loads the package for `library`.
 *
 * @throws Where it is not installed, cannot be loaded or has no instrumentation.
 */
export function loadPackage(library: string, traceContent: boolean): OpenLlmetryPackage {
  const known = made.get(library);
  if (known !== undefined) {
    for (const instrumentation of known.instrumentations) configure(instrumentation, traceContent);
    return known;
  }
  const exported = Object(createRequire(programUrl())(`${SCOPE}/${PREFIX}${library}`)) as object;
  const instrumentations = Object.entries(library === 'langchain' ? mendLangChain(exported) : exported)
    .filter(([name, value]) => name.endsWith('Instrumentation') && typeof value === 'function')
    .map(([, Class]) => new (Class as InstrumentationClass)({ traceContent }));
  if (instrumentations.length === 0) throw new Error('it exports no instrumentation');
  const loaded = { library, instrumentations, modules: PATCHED_BY_ITSELF[library] ?? [] };
  made.set(library, loaded);
  return loaded;
}

type InstrumentationClass = new (config: { traceContent: boolean }) => OtelInstrumentation;

interface Configurable {
  setConfig?(config: object): void;
  getConfig?(): object;
}

function configure(instrumentation: OtelInstrumentation & Configurable, traceContent: boolean): void {
  instrumentation.setConfig?.({ ...instrumentation.getConfig?.(), traceContent });
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
