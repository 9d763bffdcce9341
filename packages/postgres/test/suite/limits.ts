import { openStore } from '@agentops/postgres';
import { describe, expect, it } from 'vitest';
import { aSpan, newProject } from '../spans.ts';
import { NEVER, type NewDatabase, type Stage } from '../store-suite.ts';

export function limitsSuite(stage: Stage, newDatabase: NewDatabase): void {
  describe('D2: bounded reads', () => {
    it('are stopped in time, say so, and leave the database as usable as it was', async () => {
      const reads = stage.engine.bounded(100);
      await expect(reads.query('SELECT pg_sleep(1)')).rejects.toMatchObject({
        name: 'StoreError',
        code: 'timeout',
        message: expect.stringContaining('stopped after 100 ms'),
      });
      expect(await stage.engine.bounded(5_000).query('SELECT $1::int AS one', ['1'])).toEqual([{ one: 1 }]);
      const project = newProject();
      expect(await stage.stores[0].write(project, [aSpan()])).toEqual({ stored: 1, rejected: [] });
    });

    it('keep the error of the database', async () => {
      await expect(stage.engine.bounded(5_000).query('SELECT 1 / 0')).rejects.toMatchObject({
        code: '22012',
      });
    });

    it('answer every query of the store', async () => {
      const connect = await newDatabase();
      const store = await openStore({ engine: connect(), rollupInterval: NEVER, queryTimeout: 5_000 });
      const span = aSpan();
      await store.write('p', [span]);
      expect((await store.session('p', span.session_id))?.counts.spans).toBe(1);
      expect((await store.spans('p', span.session_id))?.total).toBe(1);
      expect((await store.span('p', span.session_id, span.span_id))?.name).toBe('work');
      expect((await store.sessions('p', {})).total).toBe(1);
      await store.close();
    });
  });

  describe('D2: partitions', () => {
    it('of today and tomorrow are there before anything is written', async () => {
      const connect = await newDatabase();
      const before = Date.now();
      const store = await openStore({ engine: connect(), rollupInterval: NEVER, partitionsAhead: true });
      const days = [before, before + 24 * 60 * 60 * 1000].map((ms) =>
        new Date(ms).toISOString().slice(0, 10),
      );
      await expect
        .poll(
          async () => {
            const { partitions } = await store.maintenance.status();
            return days.every((day) => partitions.some(({ from, to }) => from <= day && day < to));
          },
          { timeout: 20_000 },
        )
        .toBe(true);
      // What was made ahead is no reason to drop what is being written to.
      await store.write('p', [
        aSpan({ trace_id: 'f'.repeat(32), start_time: BigInt(Date.now()) * 1_000_000n }),
      ]);
      await store.maintenance.prune({ maxBytes: 1 });
      await store.settle();
      expect((await store.sessions('p', {})).total).toBe(1);
      await store.close();
    });
  });
}
