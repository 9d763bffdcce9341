/** What came of asking a destination. Texts are for people: what was found, and what to do about it. */
export type ProbeResult =
  | {
      readonly outcome: 'ok';
      readonly message: string;
      /** The destination's clock minus ours, in milliseconds, give or take half a second. */
      readonly clockSkewMs?: number;
    }
  /** `warning`: spans may arrive all the same. `failure`: they do not. */
  | { readonly outcome: 'warning' | 'failure'; readonly message: string; readonly advice: string };

export function failure(message: string, advice: string): ProbeResult {
  return { outcome: 'failure', message, advice };
}

export function warning(message: string, advice: string): ProbeResult {
  return { outcome: 'warning', message, advice };
}
