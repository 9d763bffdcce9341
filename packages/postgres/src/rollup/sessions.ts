import type { Queryable } from '../engines/engine.ts';
import { TOTALS_SUMMED, totalsFrom } from './totals.ts';
import type { DirtySession } from './traces.ts';

/**
 * Recomputes `sessions` from their traces, and removes those whose last trace has left. As with traces, the rows are
 * locked in the order of their keys and read in a later statement. Resolves to the number of those removed.
 */
export async function rollUpSessions(tx: Queryable, sessions: readonly DirtySession[]): Promise<number> {
  const keys = JSON.stringify(sessions.map(({ project_id, session_id }) => ({ project_id, session_id })));
  await tx.query(LOCK, [keys]);
  await tx.query(RECOMPUTE, [keys]);
  const removed = await tx.query(REMOVE_EMPTY, [keys]);
  return removed.length;
}

const KEYS = `(
  SELECT DISTINCT * FROM jsonb_to_recordset($1::jsonb) AS key(project_id text COLLATE "C", session_id text COLLATE "C")
) AS key`;

const LOCK = `
  INSERT INTO agentops.sessions (project_id, session_id)
  SELECT project_id, session_id FROM ${KEYS} ORDER BY project_id, session_id
  ON CONFLICT (project_id, session_id) DO UPDATE SET session_id = excluded.session_id`;

/** The traces of one row of `key`. */
const tracesOfKey =
  'agentops.traces WHERE traces.project_id = key.project_id AND traces.session_id = key.session_id';

const RECOMPUTE = `
  UPDATE agentops.sessions SET
    trace_id = total.trace_id, name = first.name, service_name = first.service_name, environment = first.environment,
    start_time = total.start_time, end_time = total.end_time, last_time = total.last_time,
    end_state = total.end_state, end_state_reason = last.end_state_reason,
    agents = (SELECT count(DISTINCT agent_id) FROM (
      SELECT jsonb_array_elements(traces.agents)->>'agent_id' AS agent_id FROM ${tracesOfKey}) AS agent),
    models = ARRAY(SELECT DISTINCT unnest(traces.models) AS model FROM ${tracesOfKey} ORDER BY model),
    ${totalsFrom('total')},
    tags = first.tags, metadata = first.metadata, resource = first.resource,
    user_id = coalesce(first.user_id, total.user_id),
    conversation_id = coalesce(first.conversation_id, total.conversation_id)
  FROM ${KEYS}
  CROSS JOIN LATERAL (
    SELECT CASE WHEN count(*) = 1 THEN min(trace_id) END AS trace_id, min(start_time) AS start_time,
      max(last_time) AS last_time, CASE WHEN bool_and(end_time IS NOT NULL) THEN max(end_time) END AS end_time,
      -- Running while any trace runs; then the worst of their ends.
      CASE WHEN bool_or(end_state IS NULL) THEN NULL
        WHEN bool_or(end_state = 'Fail') THEN 'Fail'
        WHEN bool_or(end_state = 'Indeterminate') THEN 'Indeterminate'
        ELSE 'Success' END AS end_state,
      min(user_id) AS user_id, min(conversation_id) AS conversation_id, ${TOTALS_SUMMED}
    FROM ${tracesOfKey}
  ) AS total
  -- Who the session is, by the trace that began it.
  CROSS JOIN LATERAL (SELECT * FROM ${tracesOfKey} ORDER BY start_time, trace_id LIMIT 1) AS first
  LEFT JOIN LATERAL (
    SELECT end_state_reason FROM ${tracesOfKey} AND traces.end_state = total.end_state
    ORDER BY end_time DESC, trace_id LIMIT 1
  ) AS last ON true
  WHERE sessions.project_id = key.project_id AND sessions.session_id = key.session_id`;

const REMOVE_EMPTY = `
  DELETE FROM agentops.sessions USING ${KEYS}
  WHERE sessions.project_id = key.project_id AND sessions.session_id = key.session_id
    AND NOT EXISTS (SELECT FROM ${tracesOfKey})
  RETURNING sessions.session_id`;
