import { isDeepStrictEqual } from 'node:util';
import { isGroup, isPlainObject } from './secrets.ts';

/** Options as they are now: groups and lists are copied, so that whoever changes them later changes nothing here. */
export function snapshotOf<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).map(([key, value]) => [key, copyOf(value)])) as T;
}

function copyOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copyOf);
  return isGroup(value) ? snapshotOf(value) : value;
}

/**
 * Whether two `init` calls ask for the same. Functions are the same when they are one, or read the same: an inline
 * function is another one at each call. What is `undefined` counts as not given. Other objects are compared by value.
 */
export function areSameOptions(a: object, b: object): boolean {
  return haveSame(a as Options, b as Options, isSame);
}

type Options = Readonly<Record<string, unknown>>;

function isSame(a: unknown, b: unknown): boolean {
  if (isEqual(a, b)) return true;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => isSame(item, b[index]));
  }
  if (isGroup(a) && isGroup(b)) return haveSame(a, b, isSame);
  return isPlainObject(a) && isPlainObject(b) && haveSame(a, b, isEqual);
}

function haveSame(a: Options, b: Options, same: (a: unknown, b: unknown) => boolean): boolean {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((key) => same(a[key], b[key]));
}

function isEqual(a: unknown, b: unknown): boolean {
  if (typeof a === 'function' && typeof b === 'function') return a === b || String(a) === String(b);
  return isDeepStrictEqual(a, b);
}
