/** Milliseconds as a number, or a number with its unit, such as `'500ms'`, `'1s'`, `'10m'`, `'24h'`. */
export type Duration = number | `${number}${'ms' | 's' | 'm' | 'h'}`;

/** Bytes as a number, or a number with its unit, such as `'64KiB'`, `'256MiB'`, `'10MB'`. */
export type ByteSize = number | `${number}${'B' | 'kB' | 'KiB' | 'MB' | 'MiB' | 'GB' | 'GiB'}`;

const MILLISECONDS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
const BYTES = { B: 1, kB: 1000, KiB: 1024, MB: 1e6, MiB: 1024 ** 2, GB: 1e9, GiB: 1024 ** 3 };

/** In milliseconds; undefined where the text is no duration. */
export function toMilliseconds(duration: number | string): number | undefined {
  return typeof duration === 'number' ? duration : measure(duration, MILLISECONDS);
}

/** In whole bytes; undefined where the text is no size. */
export function toBytes(size: number | string): number | undefined {
  if (typeof size === 'number') return size;
  const bytes = measure(size, BYTES);
  return bytes === undefined ? undefined : Math.round(bytes);
}

/** A number alone is in the smallest of the units. */
function measure(text: string, units: Readonly<Record<string, number>>): number | undefined {
  const [, amount, unit = ''] = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(text) ?? [];
  const factor = unit === '' ? 1 : units[unit];
  return amount === undefined || factor === undefined ? undefined : Number(amount) * factor;
}
