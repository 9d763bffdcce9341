import { describe, expect, it } from 'vitest';
import { AdaptiveRate } from '../../../src/telemetry/sampling/adaptive-rate.ts';

/** A stretch of time with so many sessions a second. */
interface Stretch {
  readonly perSecond: number;
  readonly seconds: number;
}

/** How many sessions a second remain of such traffic, second by second, and the rates they were given. */
function run(target: number, stretches: readonly Stretch[]): { kept: number[]; rates: number[] } {
  let now = 0;
  const adaptive = new AdaptiveRate(target, () => now);
  const kept: number[] = [];
  const rates: number[] = [];
  for (const { perSecond, seconds } of stretches) {
    for (let second = 0; second < seconds; second += 1) {
      let expected = 0;
      for (let session = 0; session < perSecond; session += 1) {
        now += 1000 / perSecond;
        const rate = adaptive.next();
        rates.push(rate);
        expected += rate;
      }
      if (perSecond === 0) now += 1000;
      kept.push(expected);
    }
  }
  return { kept, rates };
}

describe('a target of sessions a second (T6)', () => {
  it('keeps everything while there is less', () => {
    expect(new Set(run(10, [{ perSecond: 5, seconds: 60 }]).rates)).toEqual(new Set([1]));
  });

  it.each([20, 100, 1000, 5000])('keeps about that many of %i a second', (perSecond) => {
    const { kept } = run(10, [{ perSecond, seconds: 60 }]);
    for (const count of kept.slice(5)) {
      expect(count).toBeGreaterThan(9);
      expect(count).toBeLessThan(11);
    }
  });

  it('catches up with a burst within seconds', () => {
    const { kept } = run(10, [
      { perSecond: 5, seconds: 30 },
      { perSecond: 1000, seconds: 10 },
    ]);
    const [first = 0, second = 0, third = 0] = kept.slice(30);
    expect(first).toBeLessThan(70);
    expect(second).toBeLessThan(25);
    expect(third).toBeLessThan(15);
  });

  it('comes back to everything when the burst is over, and not at once', () => {
    const { kept, rates } = run(10, [
      { perSecond: 1000, seconds: 10 },
      { perSecond: 5, seconds: 90 },
    ]);
    expect(kept[11]).toBeLessThan(1);
    expect(kept.slice(-10).every((count) => count === 5)).toBe(true);
    const [after] = rates.slice(-5 * 90);
    expect(after).toBeLessThan(0.05);
  });

  it('is not thrown off by silence', () => {
    const { kept } = run(10, [
      { perSecond: 100, seconds: 20 },
      { perSecond: 0, seconds: 3600 },
      { perSecond: 5, seconds: 5 },
    ]);
    expect(kept.slice(-5)).toEqual([5, 5, 5, 5, 5]);
  });
});
