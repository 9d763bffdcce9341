import { StoreError } from './errors.ts';

const NS_PER_MS = 1_000_000;

/** ns since the epoch, as a decimal string, in ISO 8601 with nine digits: `2026-11-21T09:30:00.123456789Z`. */
export function isoTime(ns: string): string {
  // Put together here, in half the time of `toISOString`: a list has a hundred.
  const time = new Date(Number(ns.slice(0, -9)) * 1_000);
  const day = `${time.getUTCFullYear()}-${twoDigits(time.getUTCMonth() + 1)}-${twoDigits(time.getUTCDate())}`;
  const second = `${twoDigits(time.getUTCHours())}:${twoDigits(time.getUTCMinutes())}:${twoDigits(time.getUTCSeconds())}`;
  return `${day}T${second}.${ns.slice(-9).padStart(9, '0')}Z`;
}

const twoDigits = (number: number): string => (number < 10 ? `0${number}` : `${number}`);

/** `isoTime`, or null where there is no time. */
export function isoTimeOrNull(ns: string | null): string | null {
  return ns === null ? null : isoTime(ns);
}

/** Milliseconds from one time to another, both ns since the epoch as decimal strings. */
export function millisecondsBetween(start: string, end: string): number {
  return Number(BigInt(end) - BigInt(start)) / NS_PER_MS;
}

const ISO_TIME = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d)(:\d\d)?(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d))?$/;

/**
 * ns since the epoch of a time in ISO 8601: a day (UTC), or a time with its offset, down to ns.
 *
 * @throws StoreError with code `invalid_query`, naming the parameter `name`
 */
export function parseTime(text: string, name: string): bigint {
  const [, day, minutes = '00:00', seconds = ':00', fraction = '', offset = 'Z'] = ISO_TIME.exec(text) ?? [];
  const ms = Date.parse(`${day}T${minutes}${seconds}${offset}`);
  if (day === undefined || !(ms >= 0)) {
    throw new StoreError(
      'invalid_query',
      `${name} is ${JSON.stringify(text)}; give a time like 2026-11-21 or 2026-11-21T09:30:00Z, from 1970 on`,
    );
  }
  return BigInt(ms) * BigInt(NS_PER_MS) + BigInt(fraction.padEnd(9, '0'));
}
