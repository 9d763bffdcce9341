import type { Latency } from '../documents.ts';

/** How many calls were of a class of durations; see `hourly_stats`. */
export interface DurationClass {
  class: number;
  count: string;
}

const NS_PER_MS = 1_000_000;

/**
 * What is known of durations from their sum, in ns, and their classes in order. Inside a class they are taken to be
 * spread evenly.
 */
export function latencyOf(sum: number, classes: readonly DurationClass[]): Latency {
  const count = classes.reduce((total, { count }) => total + Number(count), 0);
  if (count === 0) return { count, mean_ms: null, p50_ms: null, p95_ms: null };
  return {
    count,
    mean_ms: sum / count / NS_PER_MS,
    p50_ms: quantile(0.5 * count, classes),
    p95_ms: quantile(0.95 * count, classes),
  };
}

/** The duration, in ms, below which `rank` of the calls are. */
function quantile(rank: number, classes: readonly DurationClass[]): number {
  let below = 0;
  for (const [index, { class: number, count }] of classes.entries()) {
    const inside = Number(count);
    if (rank <= below + inside || index === classes.length - 1) {
      const lower = number === 0 ? 0 : startOf(number);
      return lower + (startOf(number + 1) - lower) * ((rank - below) / inside);
    }
    below += inside;
  }
  return 0;
}

/** Where a class begins, in ms. */
const startOf = (number: number): number => 2 ** (number / 2) / 1_000;
