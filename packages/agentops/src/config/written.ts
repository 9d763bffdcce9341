import type { z } from 'zod';
import { kindOf } from './schema/traits.ts';
import { membersOf } from './schema/walk.ts';
import { isPlainObject } from './secrets.ts';

const UNITS: Readonly<Record<string, readonly (readonly [number, string])[]>> = {
  duration: [
    [3_600_000, 'h'],
    [60_000, 'm'],
    [1000, 's'],
    [1, 'ms'],
  ],
  bytes: [
    [1024 ** 3, 'GiB'],
    [1024 ** 2, 'MiB'],
    [1024, 'KiB'],
    [1, 'B'],
  ],
};

/** As one would write it: in the largest unit that divides it. */
export function inUnits(value: unknown, schema: z.ZodType | undefined): string {
  const kind =
    schema &&
    membersOf(schema)
      .map(kindOf)
      .find((found) => found !== undefined);
  const [factor, unit] =
    UNITS[kind ?? '']?.find(([size]) => typeof value === 'number' && value % size === 0) ?? [];
  return factor === undefined ? written(value) : `${Number(value) / factor}${unit}`;
}

function written(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(written).join(', ')}]`;
  if (isPlainObject(value)) return '{}';
  if (typeof value === 'string') return quoted(value);
  return typeof value === 'object' || typeof value === 'function'
    ? quoted(`${value?.constructor.name} of the program`)
    : String(value);
}

/** As YAML: bare where it would be read back as the same text. */
export function quoted(text: string): string {
  const isBare =
    /^[A-Za-z/.(][\w/.@()=-]*( [\w/.@()=-]+)*$/.test(text) &&
    !/^(true|false|null|yes|no|on|off|y|n)$/i.test(text);
  return isBare ? text : JSON.stringify(text);
}
