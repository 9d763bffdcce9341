import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { openStore, postgresEngine } from '@agentops/postgres';
import { describe, expect, it } from 'vitest';
import { spansOfAll } from '../overlapping-spans.ts';
import { NEVER } from '../store-suite.ts';

const WRITER = fileURLToPath(new URL('../overlapping-writer.ts', import.meta.url));

/** @param newDatabase Makes a database for a store, and returns its URL. */
export function eightWritersSuite(newDatabase: () => Promise<string>): void {
  describe('D1: eight processes that write overlapping batches', () => {
    it('leave one finished row of every span, and never wait for each other in a circle', async () => {
      const url = await newDatabase();
      const store = await openStore({ engine: postgresEngine(url), rollupInterval: NEVER });
      const writers = Array.from({ length: 8 }, () =>
        spawn(process.execPath, ['--conditions=@agentops/source', WRITER, url], {
          stdio: ['ignore', 'ignore', 'inherit'],
        }),
      );
      const ends = await Promise.all(writers.map((writer) => once(writer, 'exit')));
      expect(ends).toEqual(writers.map(() => [0, null]));

      const engine = postgresEngine(url);
      const rows = await engine.query(
        'SELECT span_id, end_time, attributes FROM agentops.spans ORDER BY span_id',
      );
      expect(rows).toEqual(
        spansOfAll().map(({ span_id, end_time, attributes }) => ({
          span_id,
          end_time: String(end_time),
          attributes,
        })),
      );
      await store.settle();
      expect(await engine.query('SELECT sum(spans) AS spans FROM agentops.traces')).toEqual([
        { spans: '600' },
      ]);
      expect(
        await engine.query('SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()'),
      ).toEqual([{ deadlocks: '0' }]);
      await engine.close();
      await store.close();
    }, 120_000);
  });
}
