/** Why something that a caller sent was not taken. */
export type IgnoredReason =
  /** A trace header that makes no sense. */
  | 'invalid'
  /** More than the formats allow: `tracestate` over 512 characters, baggage over 8192. What fits is taken. */
  | 'oversized'
  /** Of a caller that `context.trustIncoming` does not trust. */
  | 'untrusted';

/** How often callers sent what was not taken. */
export class IgnoredHeaders {
  readonly counts: Record<IgnoredReason, number> = { invalid: 0, oversized: 0, untrusted: 0 };

  count(reason: IgnoredReason): void {
    this.counts[reason] += 1;
  }
}
