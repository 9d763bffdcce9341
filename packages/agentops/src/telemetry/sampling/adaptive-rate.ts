/** Follows a burst within a second, and forgets it as fast. */
const FAST_MS = 1000;
/** Remembers a burst for a while, so that the rate does not swing between two of them. */
const SLOW_MS = 10_000;

/**
 * The rate at which sessions have to be sampled for `target` of them a second to remain: the target divided by the
 * traffic, which is the higher of a fast and a slow exponentially weighted average. It falls quickly and rises slowly.
 */
export class AdaptiveRate {
  /** Sessions a second. */
  target: number;
  readonly #now: () => number;
  readonly #fast = new Traffic(FAST_MS);
  readonly #slow = new Traffic(SLOW_MS);

  /** @param now Milliseconds on a clock that never goes back. */
  constructor(target: number, now: () => number = () => performance.now()) {
    this.target = target;
    this.#now = now;
  }

  /** The rate, 0 to 1, for a session that starts now; counts that session as traffic. */
  next(): number {
    const now = this.#now();
    return this.#rateAt(Math.max(this.#fast.arrive(now), this.#slow.arrive(now)));
  }

  /** The rate now, for something that is not to be counted. */
  get current(): number {
    const now = this.#now();
    return this.#rateAt(Math.max(this.#fast.at(now), this.#slow.at(now)));
  }

  #rateAt(traffic: number): number {
    return traffic <= this.target ? 1 : this.target / traffic;
  }
}

/** Arrivals a second, exponentially weighted over `windowMs`. */
class Traffic {
  readonly #windowMs: number;
  #weight = 0;
  #last = Number.NaN;

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  at(now: number): number {
    const elapsed = Number.isNaN(this.#last) ? 0 : now - this.#last;
    return (this.#weight * Math.exp(-elapsed / this.#windowMs) * 1000) / this.#windowMs;
  }

  /** The traffic before this arrival: counted itself, a lone arrival would look like a crowd. */
  arrive(now: number): number {
    const before = this.at(now);
    this.#weight = (before * this.#windowMs) / 1000 + 1;
    this.#last = now;
    return before;
  }
}
