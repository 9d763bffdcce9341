import { openStore, postgresEngine } from '@agentops/postgres';
import { afterAll, describe, expect, it } from 'vitest';
import { citusAt } from '../citus-server.ts';
import { aSpan, foreignTraceId } from '../spans.ts';
import { staged } from '../staged-engine.ts';
import { NEVER } from '../store-suite.ts';

const { TEST_CITUS_URL: url = '' } = process.env;

describe.runIf(url !== '')(
  'D2: roll-ups of deleted traces on a Citus cluster, named by TEST_CITUS_URL',
  () => {
    const cluster = citusAt(url);
    afterAll(() => cluster.stop(), 60_000);

    it('do not wait for each other where their traces lie in different shards', async () => {
      const engine = postgresEngine(await cluster.newDatabase());
      const stage = staged(engine);
      const store = await openStore({ engine, rollupInterval: NEVER });
      await store.maintenance.distribute({ shards: 4 });
      const slow = await openStore({ engine: stage.engine, rollupInterval: NEVER });

      const shards = await engine.query<{ trace_id: string }>(
        `SELECT min(trace_id) AS trace_id FROM unnest($1::text[]) AS trace_id
       GROUP BY get_shard_id_for_distribution_column('agentops.traces', trace_id)`,
        [Array.from({ length: 100 }, foreignTraceId)],
      );
      const spans = shards.map(({ trace_id }, i) => aSpan({ trace_id, session_id: i < 2 ? 'one' : 'two' }));
      expect(spans).toHaveLength(4);
      await store.write('p', spans);
      await store.settle();
      await engine.exec(`
      INSERT INTO agentops.dirty_traces (project_id, trace_id, session_id, first_day, last_day)
        SELECT project_id, trace_id, session_id, day, day FROM agentops.spans;
      DELETE FROM agentops.spans`);

      const held = stage.holdNext();
      const removed = slow.session('p', 'one');
      await held.reached;
      expect(await store.session('p', 'two')).toBeUndefined();
      held.release();
      expect(await removed).toBeUndefined();
      expect(await engine.query('SELECT FROM agentops.traces')).toEqual([]);
      await slow.close();
      await store.close();
    }, 60_000);
  },
);
