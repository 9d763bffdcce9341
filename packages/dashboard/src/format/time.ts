const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Milliseconds from `start` to `end`, both ns since the epoch as decimal strings. */
export function millisecondsBetween(start: string, end: string): number {
  return Number(BigInt(end) - BigInt(start)) / 1e6;
}

/** A duration in three digits or so: `0.42 ms`, `381 ms`, `3.42 s`, `4 m 12 s`, `2 h 05 m`, `3 d 4 h`. */
export function formatDuration(ms: number): string {
  if (ms === 0) return '0 ms';
  if (ms < 0) return `−${formatDuration(-ms)}`;
  if (ms < 0.01) return '< 0.01 ms';
  if (ms < 9.995) return `${ms.toFixed(2)} ms`;
  if (ms < 99.95) return `${ms.toFixed(1)} ms`;
  if (ms < 999.5) return `${ms.toFixed(0)} ms`;
  if (ms < 9.995 * SECOND) return `${(ms / SECOND).toFixed(2)} s`;
  if (ms < 59.95 * SECOND) return `${(ms / SECOND).toFixed(1)} s`;

  const seconds = Math.round(ms / SECOND);
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} m ${twoDigits(seconds % 60)} s`;
  const minutes = Math.round(ms / MINUTE);
  if (minutes < 1_440) return `${Math.floor(minutes / 60)} h ${twoDigits(minutes % 60)} m`;
  const hours = Math.round(ms / HOUR);
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** How long ago `iso` was at `now` (ms since the epoch): `just now`, `12 s ago`, `4 min ago`, then a date. */
export function formatAgo(iso: string, now: number): string {
  const at = Date.parse(iso);
  const elapsed = now - at;
  if (elapsed < 2 * SECOND) return 'just now';
  if (elapsed < MINUTE) return `${Math.floor(elapsed / SECOND)} s ago`;
  if (elapsed < HOUR) return `${Math.floor(elapsed / MINUTE)} min ago`;
  if (elapsed < DAY) return `${Math.floor(elapsed / HOUR)} h ago`;
  if (elapsed < 7 * DAY) return `${Math.floor(elapsed / DAY)} d ago`;
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return new Intl.DateTimeFormat(undefined, {
    day: 'numeric',
    month: 'short',
    ...(sameYear ? {} : { year: 'numeric' }),
  }).format(at);
}

/** An instant in full, in the reader's own time zone: `Nov 21, 2026, 03:12:45.678 GMT+1`. */
export function formatInstant(iso: string): string {
  return new Intl.DateTimeFormat(undefined, {
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    fractionalSecondDigits: 3,
    hourCycle: 'h23',
    timeZoneName: 'short',
  }).format(Date.parse(iso));
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
