import { describe, expect, it } from 'vitest';
import { latencyOf } from '../../src/queries/latency.ts';

/** How the store classifies a duration of `ms`. */
const classOf = (ms: number): number => Math.max(0, Math.floor(2 * Math.log2(ms * 1_000)));

function latencyOfAll(durations: number[]) {
  const counts = new Map<number, number>();
  for (const ms of durations) counts.set(classOf(ms), (counts.get(classOf(ms)) ?? 0) + 1);
  const classes = [...counts]
    .sort(([a], [b]) => a - b)
    .map(([number, count]) => ({ class: number, count: String(count) }));
  return latencyOf(
    durations.reduce((sum, ms) => sum + ms * 1e6, 0),
    classes,
  );
}

describe('D4: latencies from classes of durations', () => {
  it('are within a fifth of the true quantiles', () => {
    const durations = Array.from({ length: 1_000 }, (_, i) => 1.02 ** (i % 500) * (1 + i / 1_000));
    const sorted = [...durations].sort((a, b) => a - b);
    const { count, mean_ms, p50_ms, p95_ms } = latencyOfAll(durations);
    expect(count).toBe(1_000);
    expect(mean_ms).toBeCloseTo(durations.reduce((sum, ms) => sum + ms, 0) / 1_000, 3);
    for (const [known, real] of [
      [p50_ms, sorted[500]],
      [p95_ms, sorted[950]],
    ]) {
      expect((known ?? 0) / (real ?? 0)).toBeGreaterThan(0.8);
      expect((known ?? 0) / (real ?? 0)).toBeLessThan(1.2);
    }
  });

  it('of nothing are unknown', () => {
    expect(latencyOfAll([])).toEqual({ count: 0, mean_ms: null, p50_ms: null, p95_ms: null });
  });

  it('are small where calls took no time', () => {
    expect(latencyOfAll([0.0001, 0.0002]).p95_ms).toBeLessThan(0.002);
  });
});
