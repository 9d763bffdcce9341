const NS_PER_SECOND = 1_000_000_000n;
const NS_PER_MS = 1_000_000;

/** ns since the epoch, as a decimal string, in ISO 8601 with nine digits: `2026-11-21T09:30:00.123456789Z`. */
export function isoTime(ns: string): string {
  const time = BigInt(ns);
  const seconds = new Date(Number(time / NS_PER_SECOND) * 1_000).toISOString().slice(0, 19);
  return `${seconds}.${String(time % NS_PER_SECOND).padStart(9, '0')}Z`;
}

/** `isoTime`, or null where there is no time. */
export function isoTimeOrNull(ns: string | null): string | null {
  return ns === null ? null : isoTime(ns);
}

/** Milliseconds from one time to another, both ns since the epoch as decimal strings. */
export function millisecondsBetween(start: string, end: string): number {
  return Number(BigInt(end) - BigInt(start)) / NS_PER_MS;
}
