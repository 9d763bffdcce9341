import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { SessionIdGenerator } from '../../../src/ids.ts';
import { isWithinRate } from '../../../src/telemetry/sampling/trace-rate.ts';

const IDS = 40_000;
const generator = new SessionIdGenerator();
/** Tens to the millisecond, as in a burst. */
const sessionIds = Array.from({ length: IDS }, () => generator.generateTraceId());
const randomIds = Array.from({ length: IDS }, () => randomBytes(16).toString('hex'));

/** Five standard deviations of a share of `rate` among so many. */
function tolerance(rate: number, count: number): number {
  return 5 * Math.sqrt((rate * (1 - rate)) / count);
}

describe('the part of the traces that a rate means (T6)', () => {
  describe.each([
    ['ids of sessions', sessionIds],
    ['random ids', randomIds],
  ])('of %s', (_, ids) => {
    it.each([0.001, 0.01, 0.1, 0.25, 0.5, 0.75, 0.99])('is that part, for %f', (rate) => {
      const share = ids.filter((id) => isWithinRate(id, rate)).length / ids.length;
      expect(Math.abs(share - rate)).toBeLessThan(tolerance(rate, ids.length));
    });

    it('is the same part of every stretch of a burst', () => {
      for (let start = 0; start < ids.length; start += 1000) {
        const share = ids.slice(start, start + 1000).filter((id) => isWithinRate(id, 0.25)).length / 1000;
        expect(Math.abs(share - 0.25)).toBeLessThan(tolerance(0.25, 1000));
      }
    });

    it('is all or nothing at the ends', () => {
      expect(ids.every((id) => isWithinRate(id, 1))).toBe(true);
      expect(ids.some((id) => isWithinRate(id, 0))).toBe(false);
    });

    it('lies within every larger part', () => {
      const tenth = ids.filter((id) => isWithinRate(id, 0.1));
      expect(tenth.every((id) => isWithinRate(id, 0.2))).toBe(true);
    });
  });

  it('is the part that OpenTelemetry’s consistent probability sampling takes, in whatever language', () => {
    for (const rate of [0.125, 0.25, 0.5]) {
      const threshold = BigInt(Math.round((1 - rate) * 2 ** 52)) << 4n;
      for (const id of randomIds.slice(0, 2000)) {
        expect(isWithinRate(id, rate)).toBe(BigInt(`0x${id.slice(-14)}`) >= threshold);
      }
    }
  });
});
