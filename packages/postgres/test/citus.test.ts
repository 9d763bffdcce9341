import { openStore, postgresEngine } from '@agentops/postgres';
import { afterAll, describe } from 'vitest';
import { citusAt } from './citus-server.ts';
import { NEVER, storeSuite } from './store-suite.ts';
import { eightWritersSuite } from './suite/eight-writers.ts';
import { racesSuite } from './suite/races.ts';

const { TEST_CITUS_URL: url = '' } = process.env;

describe.runIf(url !== '')('Citus, named by TEST_CITUS_URL', () => {
  const cluster = citusAt(url);
  afterAll(() => cluster.stop(), 300_000);

  const distributed = async () => {
    const url = await cluster.newDatabase();
    const store = await openStore({ engine: postgresEngine(url), rollupInterval: NEVER });
    await store.maintenance.distribute({ shards: 4 });
    await store.close();
    return url;
  };

  storeSuite('Citus', async (state) => {
    const url = await (state === 'empty' ? cluster.newDatabase() : distributed());
    return () => postgresEngine(url);
  });

  racesSuite(async () => postgresEngine(await distributed()));

  eightWritersSuite(distributed);
});
