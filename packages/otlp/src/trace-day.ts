const NANOSECONDS_PER_MILLISECOND = 1_000_000n;
const MILLISECONDS_PER_DAY = 86_400_000;
const LARGEST_DRIFT = 30 * MILLISECONDS_PER_DAY;
const UUID_V7 = /^[0-9a-f]{12}7[0-9a-f]{3}[89ab][0-9a-f]{15}$/;

/**
 * The day a trace is stored under, so that a session never splits at midnight and an id alone finds its partition:
 * the day of the UUIDv7 in the trace id (RFC 9562) where there is one within 30 days of the span's start, else the
 * day of the span's start.
 *
 * @param traceId 32 lower-case hex digits
 * @param startTimeNs the span's start, ns since the epoch
 * @returns the UTC day as `YYYY-MM-DD`
 */
export function dayOfTrace(traceId: string, startTimeNs: bigint): string {
  return new Date(dayNumberOfTrace(traceId, startTimeNs) * MILLISECONDS_PER_DAY).toISOString().slice(0, 10);
}

/** The same as whole days since 1970-01-01. */
export function dayNumberOfTrace(traceId: string, startTimeNs: bigint): number {
  const started = Number(startTimeNs / NANOSECONDS_PER_MILLISECOND);
  const created = isUuidV7(traceId) ? Number.parseInt(traceId.slice(0, 12), 16) : started;
  const day = Math.abs(created - started) <= LARGEST_DRIFT ? created : started;
  return Math.floor(day / MILLISECONDS_PER_DAY);
}

/** The version first: it rules most others out. */
function isUuidV7(traceId: string): boolean {
  return traceId[12] === '7' && UUID_V7.test(traceId);
}
