import type { HrTime } from '@opentelemetry/api';
import { millisToHrTime } from '@opentelemetry/core';

/** A point in time as users give it: a `Date`, ns since the epoch as `bigint`, or OpenTelemetry's `[s, ns]`. */
export type Time = Date | bigint | HrTime;

const NANOS_PER_SECOND = 1_000_000_000n;

/** The getter looks at more than a constant needs. */
const TIME_ORIGIN = performance.timeOrigin;

/** Beyond this the monotonic clock is taken to have stood still (a suspended machine) or the wall clock to be set. */
const MAX_CLOCK_DRIFT_MS = 1000;

/**
 * Now, as OpenTelemetry has it: the monotonic clock's resolution, never far from the wall clock. Left to itself, the
 * OpenTelemetry SDK starts spans on whole milliseconds, so that a child may seem to begin before its parent.
 */
export function hrNow(): HrTime {
  const wall = Date.now();
  const monotonic = TIME_ORIGIN + performance.now();
  return millisToHrTime(Math.abs(wall - monotonic) < MAX_CLOCK_DRIFT_MS ? monotonic : wall);
}

/** Now, in ns since the epoch. */
export function now(): bigint {
  return toNanos(hrNow());
}

/** Ns since the epoch. Throws a `TypeError` for anything that is no time. */
export function toNanos(time: Time): bigint {
  if (typeof time === 'bigint') return time;
  const [seconds, nanos] = toHrTime(time);
  return BigInt(seconds) * NANOS_PER_SECOND + BigInt(nanos);
}

/** OpenTelemetry's `[seconds, nanoseconds]`. Throws a `TypeError` for anything that is no time. */
export function toHrTime(time: Time): HrTime {
  if (typeof time === 'bigint') return [Number(time / NANOS_PER_SECOND), Number(time % NANOS_PER_SECOND)];
  if (time instanceof Date && !Number.isNaN(time.getTime())) return millisToHrTime(time.getTime());
  if (Array.isArray(time) && Number.isInteger(time[0]) && Number.isInteger(time[1])) return time;
  throw new TypeError(
    `not a time: ${String(time)}; give a valid Date, nanoseconds since the epoch as a bigint, or [seconds, nanoseconds]`,
  );
}

/** ISO 8601 in UTC with nine digits: `2026-11-21T10:00:00.123456789Z`. */
export function toIsoTime(time: HrTime): string {
  // A digit in front keeps the zeros of the others.
  return `${isoSeconds(time[0])}.${String(1_000_000_000 + time[1]).slice(1)}Z`;
}

let lastSecond = Number.NaN;
let lastText = '';

/** Formatting a date costs more than the rest of an event's bookkeeping, and events come many to the second. */
function isoSeconds(seconds: number): string {
  if (seconds !== lastSecond) {
    lastText = new Date(seconds * 1000).toISOString().slice(0, 19);
    lastSecond = seconds;
  }
  return lastText;
}
