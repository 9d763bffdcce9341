import { describe, expect, it } from 'vitest';
import { StoreError, toStoreError } from '../../src/errors.ts';
import { Retrying } from '../../src/exporter/retrying.ts';

const failure = (code: string) => Object.assign(new Error('it failed'), { code });

describe('D1: what the PostgreSQL exporter tries again', () => {
  it.each(['08006', '08001', '40001', '40P01', '53100', '53300', '57014', '57P01', '57P03', 'ECONNREFUSED'])(
    'is %s',
    (code) => {
      expect(toStoreError(failure(code))).toMatchObject({ code: 'unavailable', retryable: true });
    },
  );

  it.each(['22021', '23505', '28P01', '28000', '3D000', '3F000', '42501', '42P01', '54000', 'ENOENT'])(
    'is not %s',
    async (code) => {
      let attempts = 0;
      const work = async () => {
        attempts += 1;
        throw failure(code);
      };
      await expect(new Retrying(5, () => {}).run(work)).rejects.toMatchObject({ retryable: false });
      expect(attempts).toBe(1);
    },
  );

  it('after pauses that grow and are partly chance, so that many processes do not come back at once', async () => {
    const waits = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const own: number[] = [];
        const retrying: Retrying = new Retrying(100, (_, wait) => {
          own.push(wait);
          // From the third pause on nobody has to wait.
          if (own.length === 3) retrying.hurry();
        });
        await retrying
          .run(async () => {
            throw new StoreError('unavailable', 'away');
          })
          .catch(() => {});
        return own;
      }),
    );
    for (const [index, longest] of [200, 400, 800].entries()) {
      const pauses = waits.map((own) => own[index] ?? 0);
      expect(Math.min(...pauses)).toBeGreaterThanOrEqual(longest / 2);
      expect(Math.max(...pauses)).toBeLessThanOrEqual(longest);
      expect(new Set(pauses).size).toBe(20);
    }
  });

  it('once more at a shutdown, without a pause', async () => {
    let attempts = 0;
    const told: number[] = [];
    const retrying = new Retrying(100, (_, wait) => told.push(wait));
    const running = retrying.run(async () => {
      attempts += 1;
      if (attempts === 1) retrying.hurry();
      throw new StoreError('unavailable', 'away');
    });
    await expect(running).rejects.toMatchObject({ code: 'unavailable' });
    expect(attempts).toBe(2);
    expect(told).toHaveLength(1);
  });
});
