import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { ModuleOption } from './exporter-options.ts';
import { isPlainObject, masked } from './secrets.ts';

/** What a module's export has to be. */
export interface Fit {
  /** Stands in messages, such as `a Sampler`. */
  readonly what: string;
  readonly fits: (value: unknown) => boolean;
  /** A function that fits is what is wanted, unless there are options for it: then it makes what is wanted. */
  readonly isFunction?: boolean;
}

export function isModuleOption(value: unknown): value is ModuleOption {
  return isPlainObject(value) && typeof value.module === 'string';
}

/**
 * Loads a module of the user's and makes of its default export what is wanted: the export itself, what the function
 * returns for `options`, or an instance of the class.
 *
 * @param directory Paths are relative to it, and packages are looked for from it.
 * @throws {Error} that says why there is no such thing.
 */
export function loadModule(
  { module, options }: ModuleOption,
  directory: string,
  { what, fits, isFunction }: Fit,
): unknown {
  const exported = defaultExport(load(module, directory));
  if (fits(exported) && !(isFunction === true && options !== undefined)) return exported;
  if (typeof exported !== 'function') {
    throw new Error(`its default export is neither ${what} nor a function or class that makes one`);
  }
  const made: unknown = isClass(exported) ? Reflect.construct(exported, [options]) : exported(options);
  if (fits(made)) return made;
  const shown = made instanceof Promise ? 'a promise' : JSON.stringify(masked(made, []))?.slice(0, 80);
  throw new Error(`expected its default export to make ${what}, and it made ${shown ?? typeof made}`);
}

function load(module: string, directory: string): unknown {
  try {
    return createRequire(join(directory, 'agentops.yaml'))(module);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_REQUIRE_ASYNC_MODULE') {
      throw new Error('it uses await at its top level, and init does not wait; move that into a function', {
        cause: error,
      });
    }
    throw error;
  }
}

function defaultExport(loaded: unknown): unknown {
  return typeof loaded === 'object' && loaded !== null && 'default' in loaded ? loaded.default : loaded;
}

function isClass(value: object): boolean {
  return /^class\b/.test(Function.prototype.toString.call(value));
}
