import { readdir, readFile } from 'node:fs/promises';
import { type Engine, openStore } from '@agentops/postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aSpan, sessionIdOf } from '../spans.ts';
import type { NewDatabase } from '../store-suite.ts';

/** The trace of `SPANS_OF_OLD`. */
export const TRACE = `f${'0'.repeat(30)}1`;

const FIVE_HUNDRED_SPANS = `
  CREATE TABLE agentops.spans_2026_11 PARTITION OF agentops.spans FOR VALUES FROM ('2026-11-01') TO ('2026-12-01');
  INSERT INTO agentops.spans (project_id, trace_id, span_id, day, session_id, operation_name, kind, start_time,
    end_time, status, status_message, service_name, scope_name, scope_version, trace_state, flags, attributes,
    resource, events, links)
  SELECT 'p', '${TRACE}', lpad(n::text, 16, '0'), '2026-11-21', '${sessionIdOf(TRACE)}', 'work', 1,
    1795262400000000000 + n, 1795262401000000000, 0, '', 'shop', '', '', '', 1, '{}', '{}', '[]', '[]'
  FROM generate_series(1, 500) AS n;`;

/** 500 spans in a schema of any version, not rolled up yet. */
export const SPANS_OF_OLD = `${FIVE_HUNDRED_SPANS}
  INSERT INTO agentops.dirty_traces (project_id, trace_id, session_id, first_day, last_day)
  VALUES ('p', '${TRACE}', '${sessionIdOf(TRACE)}', '2026-11-21', '2026-11-21');
`;

/** The statements that make the schema as it was at `version`. */
export async function schemaOf(version: number): Promise<string> {
  const directory = new URL('../../migrations/', import.meta.url);
  const files = (await readdir(directory)).sort().slice(0, version);
  const migrations = await Promise.all(files.map((file) => readFile(new URL(file, directory), 'utf8')));
  return [
    'CREATE SCHEMA agentops',
    'CREATE TABLE agentops.schema_version (version int PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())',
    ...migrations,
    `INSERT INTO agentops.schema_version SELECT generate_series(1, ${version})`,
  ].join(';\n');
}

export function migrationsSuite(newDatabase: NewDatabase): void {
  describe('D2: migrations', () => {
    let connect: () => Engine;
    let database: Engine;

    beforeAll(async () => {
      connect = await newDatabase('empty');
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
        `SELECT relname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
         WHERE relkind IN ('r', 'p', 'v', 'm', 'f') AND nspname !~ '^(agentops|pg_.*|information_schema)$'
           AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_class.oid AND deptype = 'e')`,
      );
      expect(tables).toEqual([]);
    });

    it('keep what a database of an older version holds', async () => {
      const connectOld = await newDatabase('empty');
      const old = connectOld();
      await old.exec(await schemaOf(3));
      await old.exec(SPANS_OF_OLD);
      const store = await openStore({ engine: old });
      expect((await store.session('p', sessionIdOf(TRACE)))?.counts.spans).toBe(500);
      const again = aSpan({ trace_id: TRACE, span_id: '1'.padStart(16, '0') });
      expect(await store.write('p', [again, aSpan({ trace_id: TRACE })])).toEqual({
        stored: 2,
        rejected: [],
      });
      expect((await store.session('p', sessionIdOf(TRACE)))?.counts.spans).toBe(501);
      await store.close();
    });

    it('make hourly statistics of what a database of an older version holds', async () => {
      const connectOld = await newDatabase('empty');
      const old = connectOld();
      await old.exec(await schemaOf(5));
      await old.exec(FIVE_HUNDRED_SPANS);
      await old.exec(
        `INSERT INTO agentops.traces (project_id, trace_id, first_day, last_day) VALUES ('p', '${TRACE}', '2026-11-21', '2026-11-21')`,
      );
      const store = await openStore({ engine: old });
      await store.settle();
      const { points } = await store.stats('p', { from: '2026-11-01', to: '2026-11-30' });
      expect(points).toMatchObject([{ traces: 1, counts: { spans: 500 } }]);
      await store.close();
    });

    it('keep the totals by agent and hour of a database of an older version', async () => {
      const connectOld = await newDatabase('empty');
      const old = connectOld();
      await old.exec(await schemaOf(7));
      await old.exec(`
        INSERT INTO agentops.traces (project_id, trace_id, session_id, first_day, last_day, agents)
        VALUES ('p', '${TRACE}', 's', '2026-11-21', '2026-11-21',
          '[{"agent_id": "a-1", "name": "writer", "spans": 3, "llms": 2, "tools": 1, "actions": 0, "errors": 0,
            "input_tokens": 10, "output_tokens": 5, "cache_read_tokens": 0, "cache_write_tokens": 0,
            "reasoning_tokens": 0, "cost": null}]');
        INSERT INTO agentops.sessions (project_id, session_id) VALUES ('p', 's');
        INSERT INTO agentops.trace_hours (project_id, trace_id, hour, parts)
        VALUES ('p', '${TRACE}', '2026-11-21T10:00:00Z', '[{"model": "gpt-5", "spans": 3, "llms": 2, "cost": 0.5,
          "event_type": "llms", "duration": 2000000, "duration_class": 20}]');
        INSERT INTO agentops.dirty_hours (project_id, hour) VALUES ('p', '2026-11-21T10:00:00Z')`);
      const store = await openStore({ engine: old });
      expect((await store.session('p', 's'))?.agents).toMatchObject([
        { agent_id: 'a-1', name: 'writer', counts: { spans: 3, llms: 2 }, tokens: { total: 15 }, cost: null },
      ]);
      await store.settle();
      const { points } = await store.stats('p', { from: '2026-11-21', to: '2026-11-22', by: 'model' });
      expect(points).toMatchObject([
        { key: 'gpt-5', counts: { spans: 3, errors: 0 }, cost: 0.5, llm_latency: { count: 3 } },
      ]);
      await store.close();
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
