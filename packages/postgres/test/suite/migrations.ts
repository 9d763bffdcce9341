import { type Engine, openStore } from '@agentops/postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NewDatabase } from '../store-suite.ts';

export function migrationsSuite(newDatabase: NewDatabase): void {
  describe('D2: migrations', () => {
    let connect: () => Engine;
    let database: Engine;

    beforeAll(async () => {
      connect = await newDatabase();
      database = connect();
    });
    afterAll(() => database.close());

    const versions = () =>
      database.query<{ version: number }>('SELECT version FROM agentops.schema_version ORDER BY 1');

    it('are applied once by programs that start at the same time, and not again later', async () => {
      const engines = [connect(), connect(), connect()];
      await Promise.all(engines.map((engine) => openStore({ engine })));
      const first = await versions();
      expect(first.map(({ version }) => version)).toEqual(first.map((_, i) => i + 1));
      await openStore({ engine: connect() });
      expect(await versions()).toEqual(first);
    });

    it('touch nothing outside the schema of their own', async () => {
      const tables = await database.query(
        `SELECT table_name FROM information_schema.tables WHERE table_schema NOT IN ('agentops', 'pg_catalog', 'information_schema')`,
      );
      expect(tables).toEqual([]);
    });

    it('refuse a database that a newer program has migrated', async () => {
      await database.query('INSERT INTO agentops.schema_version (version) VALUES (9000)');
      await expect(openStore({ engine: connect() })).rejects.toMatchObject({
        name: 'StoreError',
        code: 'newer_schema',
        message: expect.stringContaining('9000'),
      });
    });
  });
}
