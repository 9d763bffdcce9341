import { describe, expect, it } from 'vitest';
import { retryDelayOf } from '../../../src/telemetry/transport/retry-info.ts';
import { retryInfo } from '../../support/retry-info.ts';

describe('the delay that a gRPC server asks for (T3)', () => {
  it.each([0, 1, 300, 20_000, 1_234_567])('of %d ms is read', (ms) => {
    expect(retryDelayOf(retryInfo(ms).toString('base64'))).toBe(ms);
    expect(retryDelayOf(retryInfo(ms).toString('base64').replace(/=+$/, ''))).toBe(ms);
  });

  it('is none without the detail that says it', () => {
    expect(retryDelayOf(undefined)).toBeUndefined();
    expect(retryDelayOf('')).toBeUndefined();
    expect(retryDelayOf(retryInfo(300, 'google.rpc.ErrorInfo').toString('base64'))).toBeUndefined();
  });

  it('is none, or one, in whatever else the header holds', () => {
    const whole = retryInfo(20_000);
    for (let at = 0; at < whole.length; at += 1) {
      const cut = whole.subarray(0, at).toString('base64');
      const damaged = Buffer.from(whole)
        .fill(0xff, at, at + 1)
        .toString('base64');
      for (const header of [cut, damaged]) expect(() => retryDelayOf(header)).not.toThrow();
    }
  });
});
