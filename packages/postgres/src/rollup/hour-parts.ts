import { Attr } from '@agentops/otlp';
import type { Queryable } from '../engines/engine.ts';
import { TOTAL_NAMES, TOTALS_FROM_SPANS } from './totals.ts';

/** By what hours are told apart, each with the expression over `part` that makes it. Cut, so that no text fills a page. */
const DIMENSIONS = {
  event_type: 'event_type',
  service_name: 'left(service_name, 200)',
  agent_name: 'left(agent_name, 200)',
  model: 'left(model, 200)',
  tool_name: 'left(tool_name, 200)',
};

/** `event_type, …`: the dimensions of `hourly_stats`. */
export const DIMENSION_NAMES = Object.keys(DIMENSIONS);

/** The tool a span is a call of, null for other spans. Only there is `attributes` read, which may be large. */
export const TOOL_NAME = `
  CASE WHEN event_type = 'tools' THEN coalesce(attributes->>'${Attr.GEN_AI_TOOL_NAME}', operation_name) END AS tool_name`;

/** What of a part is added up. */
export const SUM_NAMES: readonly string[] = ['traces', 'failed_traces', 'duration', ...TOTAL_NAMES];

/** Twice the binary logarithm of the µs: see `hourly_stats`. Null for a span whose duration says nothing. */
const DURATION_CLASS = `
  CASE WHEN end_time IS NOT NULL AND (is_llm_leaf OR event_type = 'tools')
    THEN floor(${2 / Math.LN2} * ln(greatest(end_time - start_time, 1000) / 1000::float8))::smallint END`;

const NS_PER_HOUR = 3_600_000_000_000n;
const SECONDS_PER_HOUR = 3_600;

/** What of a trace has the same agent, hour, dimensions and class of duration: a common table expression over `leaf`. */
export const PART = `
  part AS MATERIALIZED (
    SELECT n, agent_id, start_time / ${NS_PER_HOUR} AS hour, ${DIMENSION_NAMES.join(', ')},
      ${DURATION_CLASS} AS duration_class, min(start_time) AS start_time, max(greatest(start_time, end_time)) AS last_time,
      min(session_id) AS session_id, min(user_id) AS user_id, min(conversation_id) AS conversation_id,
      count(*) FILTER (WHERE is_first) AS traces,
      sum(end_time - start_time) FILTER (WHERE is_llm_leaf OR event_type = 'tools') AS duration, ${TOTALS_FROM_SPANS}
    FROM leaf GROUP BY ${Array.from({ length: DIMENSION_NAMES.length + 4 }, (_, i) => i + 1).join(', ')}
  )`;

/** What each trace adds to each hour, from its `part` and `root`: a common table expression. */
export const HOUR = `
  hour AS MATERIALIZED (
    SELECT n, to_timestamp(hour * ${SECONDS_PER_HOUR}) AS hour, array_agg(ROW(
      ${[
        ...Object.values(DIMENSIONS),
        'duration_class',
        // A cost of 0 is known, and other than none.
        ...SUM_NAMES.map((name) => (name === 'cost' ? name : `nullif(${name}, 0)`)),
      ].join(', ')})::agentops.hour_part) AS parts
    FROM (
      SELECT part.*, CASE WHEN root.end_state = 'Fail' THEN traces ELSE 0 END AS failed_traces FROM part JOIN root USING (n)
    ) AS part GROUP BY n, hour
  )`;

/** Stores `hour` for the traces of `trace`: a common table expression. */
const STORED = `
  stored AS (
    INSERT INTO agentops.trace_hours (project_id, trace_id, hour, parts)
    SELECT project_id, trace_id, hour, parts FROM hour JOIN trace USING (n)
    ON CONFLICT (project_id, trace_id, hour) DO UPDATE SET parts = excluded.parts
    WHERE trace_hours.parts <> excluded.parts
    RETURNING project_id, hour
  )`;

/**
 * Removes the hours that the traces of `trace` have no more: a common table expression.
 *
 * @param within A further condition, beginning with AND, or nothing.
 */
export const goneHours = (within: string): string => `
  gone AS (
    DELETE FROM agentops.trace_hours USING trace
    WHERE trace_hours.project_id = trace.project_id AND trace_hours.trace_id = trace.trace_id ${within}
      AND (trace.n, trace_hours.hour) NOT IN (SELECT n, hour FROM hour)
    RETURNING trace.n, trace_hours.project_id, trace_hours.hour
  )`;

/** Common table expressions that replace the rows that traces have in `trace_hours` by `hour`, and mark the hours. */
export const STORE_HOURS = `${STORED}, ${goneHours('')}, marked AS (
    INSERT INTO agentops.dirty_hours (project_id, hour)
    SELECT project_id, hour FROM stored UNION SELECT project_id, hour FROM gone
  )`;

/** Takes `traces` out of `trace_hours` and marks their hours: whoever deletes rows of `traces` does this as well. */
export async function removeHoursOf(
  tx: Queryable,
  traces: readonly { project_id: string; trace_id: string }[],
): Promise<void> {
  const gone = await tx.query<MarkedHour>(REMOVE_HOURS, [JSON.stringify(traces), idsOf(traces)]);
  await markHours(tx, gone);
}

/**
 * The ids of traces, for statements that change rows of these: only by naming them do they keep to their shards. Else Citus
 * locks every shard of the table, out of turn, and two such transactions wait for each other.
 */
export function idsOf(traces: readonly { trace_id: string }[]): string[] {
  return traces.map(({ trace_id }) => trace_id);
}

/** An hour of a project. */
export interface MarkedHour {
  project_id: string;
  hour: Date | string;
}

/** Marks hours, each once. */
export async function markHours(tx: Queryable, hours: readonly MarkedHour[]): Promise<void> {
  if (hours.length > 0) await tx.query(MARK_HOURS, [JSON.stringify(hours)]);
}

const REMOVE_HOURS = `
  DELETE FROM agentops.trace_hours
  USING jsonb_to_recordset($1::jsonb) AS source(project_id text COLLATE "C", trace_id text COLLATE "C")
  WHERE trace_hours.project_id = source.project_id AND trace_hours.trace_id = source.trace_id
    AND trace_hours.trace_id = ANY ($2::text[])
  RETURNING trace_hours.project_id, trace_hours.hour`;

const MARK_HOURS = `
  INSERT INTO agentops.dirty_hours (project_id, hour)
  SELECT DISTINCT project_id, hour FROM jsonb_to_recordset($1::jsonb) AS mark(project_id text, hour timestamptz)`;
