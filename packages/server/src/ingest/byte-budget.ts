import { Refusal } from '../http/refusal.ts';

/** One request's share of the budget, given back when it is disposed of. */
export interface Share extends Disposable {
  /** @throws {Refusal} 429 when the budget has fewer than `bytes` left. */
  take(bytes: number): void;
}

/** Bounds what all requests together hold in memory between their first byte and their commit. */
export function byteBudget(capacity: number): { share(): Share } {
  let free = capacity;
  return {
    share() {
      let held = 0;
      return {
        take(bytes) {
          if (bytes > free) {
            const message = `${capacity - free} bytes of spans wait to be written. Send this request again.`;
            throw new Refusal(429, 'overloaded', message, { retryAfter: 1 });
          }
          free -= bytes;
          held += bytes;
        },
        [Symbol.dispose]() {
          free += held;
          held = 0;
        },
      };
    },
  };
}
