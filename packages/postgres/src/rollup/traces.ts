import { Attr } from '@agentops/otlp';
import type { Queryable } from '../engines/engine.ts';
import { HOUR, idsOf, PART, removeHoursOf, TOOL_NAME } from './hour-parts.ts';
import type { Layout } from './layout.ts';
import { LOST, lostAt } from './lost.ts';
import type { DirtyTrace } from './marks.ts';
import { TOTALS, TOTALS_SUMMED, totalsFrom } from './totals.ts';

/** A session some of whose traces have changed, or left it. */
export interface DirtySession {
  project_id: string;
  session_id: string;
}

/** A trace that was recomputed, and from how many spans. */
export interface TraceCost {
  trace_id: string;
  spans: string;
}

export type TraceKey = Pick<DirtyTrace, 'project_id' | 'trace_id'>;

/**
 * Recomputes `traces` from their spans and returns the sessions they belong to and belonged to. `traces` come in the
 * order of their keys; one that has no spans any more is removed. The rows are locked first, in that order, and read in a later statement, whose snapshot
 * therefore holds everything an earlier holder of the lock has seen.
 */
export async function rollUpTraces(
  tx: Queryable,
  layout: Layout,
  traces: DirtyTrace[],
): Promise<{ sessions: DirtySession[]; costs: TraceCost[] }> {
  const locked = await tx.query<DirtyTrace & { session_id: string | null }>(LOCK, [JSON.stringify(traces)]);
  const left = locked.filter((trace): trace is DirtyTrace & DirtySession => trace.session_id !== null);
  await layout.landed(tx);
  const found = await layout.recompute(tx, locked);
  if (found.length < locked.length) {
    const hasSpans = new Set(found.map(({ project_id, trace_id }) => JSON.stringify([project_id, trace_id])));
    const empty = locked.filter(
      ({ project_id, trace_id }) => !hasSpans.has(JSON.stringify([project_id, trace_id])),
    );
    await removeHoursOf(tx, empty);
    await tx.query(REMOVE, [JSON.stringify(empty), idsOf(empty)]);
  }
  return { sessions: [...left, ...found], costs: found };
}

const TRACE = 'trace(project_id text COLLATE "C", trace_id text COLLATE "C", first_day date, last_day date)';

const LOCK = `
  INSERT INTO agentops.traces AS known (project_id, trace_id, first_day, last_day)
  SELECT project_id, trace_id, first_day, last_day FROM jsonb_to_recordset($1::jsonb) AS ${TRACE}
  ON CONFLICT (project_id, trace_id) DO UPDATE
  SET first_day = least(known.first_day, excluded.first_day), last_day = greatest(known.last_day, excluded.last_day)
  RETURNING project_id, trace_id, first_day::text AS first_day, last_day::text AS last_day, session_id`;

/** What of a recomputation depends on where the rows lie. */
export interface Place {
  /** A condition on the trace ids of a table, beginning with AND, or nothing. */
  within(column: string): string;
  /** What is done with `hour`, as further common table expressions that begin with a comma, or nothing. */
  hours: string;
  /** What else is returned of each trace, beginning with a comma, or nothing. */
  returning: string;
}

/** The spans of one row of `trace`. OFFSET 0 keeps the planner on the primary key, statistics or not. */
const spansOfTrace = ({ within }: Place, select: string, rest = 'OFFSET 0'): string => `(
  SELECT ${select} FROM agentops.spans AS spans
  WHERE spans.project_id = trace.project_id AND spans.trace_id = trace.trace_id
    AND spans.day BETWEEN trace.first_day AND trace.last_day ${within('spans.trace_id')}
  ${rest})`;

const environment = (resource: string): string =>
  `coalesce(${resource}->>'${Attr.DEPLOYMENT_ENVIRONMENT_NAME}', ${resource}->>'${Attr.DEPLOYMENT_ENVIRONMENT}')`;

/** Recomputes the traces of `$1`, a JSON array; their rows must be there. */
export const recomputation = (place: Place): string => `
  WITH RECURSIVE trace AS MATERIALIZED (
    SELECT row_number() OVER () AS n, *, trace_id::uuid::text AS own_session_id
    FROM jsonb_to_recordset($1::jsonb) AS ${TRACE}
  ), span AS MATERIALIZED (
    SELECT n, span.* FROM trace CROSS JOIN LATERAL ${spansOfTrace(
      place,
      `
      span_id, parent_span_id, event_type IS NOT DISTINCT FROM 'llms' AS is_llm,
      num_nonnulls(input_tokens, output_tokens, cost) > 0 AS has_usage, status, start_time, end_time,
      coalesce(agent_id, agent_name) AS agent_id, agent_name, event_type, service_name, model, ${TOOL_NAME},
      nullif(session_id, own_session_id) AS session_id, user_id, conversation_id,
      input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, reasoning_tokens, cost`,
    )} span
  ),
  -- The spans that have children, and what these are.
  parent AS MATERIALIZED (
    SELECT n, parent_span_id AS span_id, bool_or(is_llm) AS llm, bool_or(has_usage) AS usage,
      bool_or(status = 2) AS failed
    FROM span WHERE parent_span_id IS NOT NULL GROUP BY n, parent_span_id
  ),
  -- The few traces in which something that may repeat what is below it has children.
  nested AS (
    SELECT DISTINCT n FROM span WHERE (is_llm OR has_usage) AND (n, span_id) IN (SELECT n, span_id FROM parent)
  ),
  -- Every span of these that has an LLM call, or a span with usage, somewhere below it. The subquery makes each step a
  -- look-up by primary key, so that a chain of thousands stays linear; UNION ends a cycle.
  above AS (
    SELECT trace.*, span_id, below FROM nested JOIN trace USING (n) JOIN parent USING (n)
    CROSS JOIN LATERAL (VALUES ('llm', llm), ('usage', usage)) AS has(below, applies) WHERE applies
    UNION
    SELECT n, project_id, trace_id, first_day, last_day, own_session_id,
      ${spansOfTrace(place, 'parent_span_id', 'AND spans.span_id = trace.span_id LIMIT 1')}, below
    FROM above AS trace WHERE span_id IS NOT NULL
  ),
  -- What the trace says about itself stands on its root; until that has come, on the span that started first.
  top AS MATERIALIZED (
    SELECT DISTINCT ON (n) n, span_id FROM span WHERE parent_span_id IS NULL ORDER BY n, start_time, span_id
  ), rootless AS MATERIALIZED (
    SELECT n FROM trace WHERE n NOT IN (SELECT n FROM top)
  ), first AS MATERIALIZED (
    SELECT n, span_id FROM top
    UNION ALL
    (SELECT DISTINCT ON (n) n, span_id FROM span WHERE n IN (SELECT n FROM rootless) ORDER BY n, start_time, span_id)
  ), leaf AS (
    SELECT *,
      (parent_span_id IS NULL OR n IN (SELECT n FROM rootless)) AND (n, span_id) IN (SELECT n, span_id FROM first) AS is_first,
      is_llm AND (n, span_id) NOT IN (
        SELECT n, span_id FROM above WHERE below = 'llm' AND span_id IS NOT NULL) AS is_llm_leaf,
      has_usage AND (n, span_id) NOT IN (
        SELECT n, span_id FROM above WHERE below = 'usage' AND span_id IS NOT NULL) AS is_usage_leaf,
      -- A failure that a child has too is the child's, passed on.
      status = 2 AND (n, span_id) NOT IN (SELECT n, span_id FROM parent WHERE failed) AS is_failure
    FROM span OFFSET 0
  ), ${PART}, agent AS MATERIALIZED (
    SELECT n, agent_id, min(agent_name) AS name, min(start_time) AS start_time, max(last_time) AS last_time, min(session_id) AS session_id,
      min(user_id) AS user_id, min(conversation_id) AS conversation_id, ${TOTALS_SUMMED}
    FROM part GROUP BY n, agent_id
  ), total AS (
    SELECT n, min(start_time) AS start_time, max(last_time) AS last_time,
      min(session_id) AS session_id, min(user_id) AS user_id, min(conversation_id) AS conversation_id,
      coalesce(array_agg(ROW(agent_id, name, ${TOTALS})::agentops.agent_totals
        ORDER BY start_time, agent_id) FILTER (WHERE agent_id IS NOT NULL), '{}') AS agents, ${TOTALS_SUMMED}
    FROM agent GROUP BY n
  ), used AS (
    SELECT n, array_agg(model ORDER BY model) AS models
    FROM (SELECT DISTINCT n, model FROM part WHERE model IS NOT NULL) AS used GROUP BY n
  ), root AS (
    SELECT trace.*, operation_name, service_name, nullif(session_id, own_session_id) AS session_id, user_id,
      conversation_id, end_time, attributes, resource, root.span_id, is_missing, lost_at,
      CASE
        WHEN lost_at <= now() THEN 'Indeterminate'
        WHEN is_missing OR end_time IS NULL THEN NULL
        WHEN attributes->>'${Attr.AGENTOPS_SESSION_END_STATE}' IN ('Success', 'Fail', 'Indeterminate')
          THEN attributes->>'${Attr.AGENTOPS_SESSION_END_STATE}'
        WHEN status = 2 THEN 'Fail'
        WHEN is_ours THEN 'Indeterminate'
        ELSE 'Success' END AS end_state
    FROM trace JOIN first USING (n)
    CROSS JOIN LATERAL ${spansOfTrace(place, '*', 'AND spans.span_id = first.span_id LIMIT 1')} root
    CROSS JOIN LATERAL (SELECT
      attributes ? '${Attr.AGENTOPS_SPAN_KIND}' AS is_ours,
      -- The root of a trace of ours is on its way; in another's trace it may never come.
      parent_span_id IS NOT NULL AND attributes ? '${Attr.AGENTOPS_SPAN_KIND}' AS is_missing, ${lostAt('root')} AS lost_at
    ) AS judged
  ), ${HOUR}${place.hours}
  UPDATE agentops.traces SET
    session_id = coalesce(root.session_id, total.session_id, root.own_session_id),
    name = coalesce(attributes->>'${Attr.AGENTOPS_SESSION_NAME}', CASE WHEN NOT is_missing THEN operation_name END),
    service_name = root.service_name,
    environment = ${environment('root.resource')},
    start_time = total.start_time,
    end_time = CASE WHEN NOT is_missing THEN root.end_time END,
    last_time = total.last_time,
    end_state = root.end_state,
    end_state_reason = CASE WHEN root.end_state IS NOT NULL AND root.end_time IS NULL THEN '${LOST}'
      ELSE attributes->>'${Attr.AGENTOPS_SESSION_END_STATE_REASON}' END,
    lost_at = root.lost_at,
    ${totalsFrom('total')},
    agents = total.agents,
    models = coalesce(used.models, '{}'),
    tags = CASE WHEN jsonb_typeof(attributes->'${Attr.AGENTOPS_SESSION_TAGS}') = 'array'
      THEN ARRAY(SELECT tag FROM jsonb_array_elements_text(attributes->'${Attr.AGENTOPS_SESSION_TAGS}') AS tag
        WHERE tag IS NOT NULL) ELSE '{}' END,
    user_id = coalesce(root.user_id, total.user_id),
    conversation_id = coalesce(root.conversation_id, total.conversation_id),
    metadata = (
      SELECT coalesce(jsonb_object_agg(substr(key, ${Attr.AGENTOPS_SESSION_METADATA.length + 1}), value), '{}')
      FROM jsonb_each(attributes) WHERE starts_with(key, '${Attr.AGENTOPS_SESSION_METADATA}')),
    resource = root.resource
  FROM root JOIN total USING (n) LEFT JOIN used USING (n)
  WHERE traces.project_id = root.project_id AND traces.trace_id = root.trace_id ${place.within('traces.trace_id')}
  RETURNING traces.project_id, traces.trace_id, traces.session_id, traces.spans${place.returning}`;

/** Removes traces whose spans have all been deleted. */
const REMOVE = `
  DELETE FROM agentops.traces USING jsonb_to_recordset($1::jsonb) AS ${TRACE}
  WHERE traces.project_id = trace.project_id AND traces.trace_id = trace.trace_id AND traces.trace_id = ANY ($2::text[])`;
