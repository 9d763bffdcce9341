import type { AttributeMap, JsonValue } from '../span-row.ts';

const NUMERAL = /^\s*\d+(\.\d+)?(e[+-]?\d+)?\s*$/i;

/** The value as text; undefined where it is empty or is not text. Numbers serve as identifiers and are taken. */
export function textOf(value: JsonValue | undefined): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The value as an amount that is not negative; undefined where it is clearly no number. `"0.25"` is one. */
export function amountOf(value: JsonValue | undefined): number | undefined {
  const amount = typeof value === 'string' && NUMERAL.test(value) ? Number(value) : value;
  return typeof amount === 'number' && Number.isFinite(amount) && amount >= 0 ? amount : undefined;
}

/** The value as a whole count; undefined where it is no number, or not a whole one. */
export function countOf(value: JsonValue | undefined): number | undefined {
  const count = amountOf(value);
  return Number.isSafeInteger(count) ? count : undefined;
}

/** Reads the first of the named attributes that is there and can be read; null where none can. */
export function firstOf<T>(
  attributes: AttributeMap,
  names: readonly string[],
  read: (value: JsonValue | undefined) => T | undefined,
): T | null {
  for (const name of names) {
    const value = read(attributes[name]);
    if (value !== undefined) return value;
  }
  return null;
}
