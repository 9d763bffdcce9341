import { goneHours, type MarkedHour, markHours } from '../rollup/hour-parts.ts';
import type { Layout, Recomputed } from '../rollup/layout.ts';
import { KEYS } from '../rollup/sessions.ts';
import { recomputation } from '../rollup/traces.ts';
import { landed } from './landing.ts';

/** Spans, traces and their hours lie in shards, by trace; the rest lies at the coordinator. */
export const SHARDS: Layout = {
  // The first hands the others on to the workers.
  settings: `
    SET LOCAL citus.propagate_set_commands = 'local'; SET LOCAL work_mem = '64MB'; SET LOCAL jit = off`,
  storedHours: `
    JOIN agentops.trace_hours AS stored ON stored.project_id = key.project_id AND stored.hour = key.hour`,
  // A statement about the sessions, which lie at the coordinator, cannot go back and forth: it reads the traces first.
  tracesOfSessions: {
    with: `WITH traces AS MATERIALIZED (
      SELECT traces.* FROM ${KEYS} JOIN agentops.traces AS traces USING (project_id, session_id))`,
    from: 'traces',
  },
  // For each the traces of all are gone through.
  sessionsAtOnce: 250,
  landed,
  async recompute(tx, traces) {
    const groups = await tx.query<ShardGroup>(GROUP_BY_SHARD, [JSON.stringify(traces)]);
    const found: RecomputedThere[] = [];
    for (const { traces, trace_ids } of groups) {
      found.push(...(await tx.query<RecomputedThere>(RECOMPUTE, [traces, trace_ids])));
    }
    const stored = await tx.query<MarkedHour>(STORE_HOURS, [
      `[${found.map(({ hours }) => hours).join(',')}]`,
    ]);
    const gone = found.flatMap(({ project_id, gone }) => (gone ?? []).map((hour) => ({ project_id, hour })));
    await markHours(tx, [...stored, ...gone]);
    return found;
  },
};

/** What a statement cannot do itself at a worker: add rows to another table. */
interface RecomputedThere extends Recomputed {
  /** Its rows of `trace_hours`, as items of a JSON array. */
  hours: string;
  /** The hours it has no more. */
  gone: string[] | null;
}

interface ShardGroup {
  /** As JSON. */
  traces: string;
  trace_ids: string[];
}

/** What lies in one shard is recomputed in one statement, by the worker that has it: recursion works only there. */
const GROUP_BY_SHARD = `
  SELECT jsonb_agg(trace)::text AS traces, array_agg(trace_id) AS trace_ids
  FROM jsonb_to_recordset($1::jsonb) AS trace(project_id text, trace_id text, first_day date, last_day date)
  GROUP BY get_shard_id_for_distribution_column((
    SELECT pg_class.oid FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE (nspname, relname) = ('agentops', 'traces')), trace_id)
  ORDER BY min(trace_id)`;

const within = (column: string): string => `AND ${column} = ANY ($2::text[])`;

/** `$2` is the trace ids of `$1` once more: from them Citus finds the shard. */
const RECOMPUTE = recomputation({
  within,
  // Those of a trace without spans are left to whoever removes it: nothing is returned of it here.
  hours: `, ${goneHours(`${within('trace_hours.trace_id')} AND trace.n IN (SELECT n FROM hour)`)}`,
  returning: `, (
    SELECT string_agg(jsonb_build_object(
      'project_id', root.project_id, 'trace_id', root.trace_id, 'hour', hour, 'parts', parts)::text, ',')
    FROM hour WHERE hour.n = root.n) AS hours, (SELECT jsonb_agg(hour) FROM gone WHERE gone.n = root.n) AS gone`,
});

const STORE_HOURS = `
  INSERT INTO agentops.trace_hours AS stored (project_id, trace_id, hour, parts)
  SELECT project_id, trace_id, hour, parts FROM jsonb_to_recordset($1::jsonb)
    AS hour(project_id text COLLATE "C", trace_id text COLLATE "C", hour timestamptz, parts agentops.hour_part[])
  ON CONFLICT (project_id, trace_id, hour) DO UPDATE SET parts = excluded.parts
  WHERE stored.parts <> excluded.parts
  RETURNING project_id, hour`;
