/** How many of the last bits of a trace id are looked at: as many as a number can hold exactly. */
const RANDOM_BITS = 52;
/** Hex digits 18 to 30 of the 32: the upper 52 of the 56 bits that W3C Trace Context takes to be random. */
const FIRST_DIGIT = 18;
const LAST_DIGIT = FIRST_DIGIT + RANDOM_BITS / 4;

/**
 * Whether the trace is among the part `rate` (0 to 1) of all. It follows from the id alone, as OpenTelemetry's
 * consistent probability sampling has it: every service that asks at the same rate says the same, and what is among a
 * tenth is among a fifth too. Version, variant and time of a UUID lie outside the bits that decide.
 */
export function isWithinRate(traceId: string, rate: number): boolean {
  if (rate >= 1) return true;
  const randomness = Number.parseInt(traceId.slice(FIRST_DIGIT, LAST_DIGIT), 16);
  return randomness >= (1 - rate) * 2 ** RANDOM_BITS;
}
