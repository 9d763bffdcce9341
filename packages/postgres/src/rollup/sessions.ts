import type { Queryable } from '../engines/engine.ts';
import type { Layout } from './layout.ts';
import { TOTALS_SUMMED, totalsFrom } from './totals.ts';
import type { DirtySession } from './traces.ts';

/**
 * Recomputes `sessions` from their traces, and removes those whose last trace has left. As with traces, the rows are
 * locked in the order of their keys and read in a later statement. Resolves to the number of those removed.
 */
export async function rollUpSessions(
  tx: Queryable,
  layout: Layout,
  sessions: readonly DirtySession[],
): Promise<number> {
  const distinct = new Map(
    sessions.map((session) => [JSON.stringify([session.project_id, session.session_id]), session]),
  );
  const keys = [...distinct.values()];
  await tx.query(LOCK, columnsOf(keys));
  await layout.landed(tx);
  let removed = 0;
  for (let start = 0; start < keys.length; start += layout.sessionsAtOnce) {
    const some = keys.slice(start, start + layout.sessionsAtOnce);
    const recomputed = await tx.query(recomputation(layout), columnsOf(some));
    if (recomputed.length === some.length) continue;
    removed += (await tx.query(removalOfEmpty(layout), columnsOf(some))).length;
  }
  return removed;
}

const columnsOf = (keys: readonly DirtySession[]): [string[], string[]] => [
  keys.map(({ project_id }) => project_id),
  keys.map(({ session_id }) => session_id),
];

/** As arrays, of which the planner knows how long they are. */
export const KEYS = `(
  SELECT project_id COLLATE "C" AS project_id, session_id COLLATE "C" AS session_id
  FROM unnest($1::text[], $2::text[]) AS given(project_id, session_id)
) AS key`;

const LOCK = `
  INSERT INTO agentops.sessions (project_id, session_id)
  SELECT project_id, session_id FROM ${KEYS} ORDER BY project_id, session_id
  ON CONFLICT (project_id, session_id) DO UPDATE SET session_id = excluded.session_id`;

const isOfKey = 'traces.project_id = key.project_id AND traces.session_id = key.session_id';
/** The traces of one row of `key`. */
const tracesOfKey = ({ tracesOfSessions }: Layout): string => `${tracesOfSessions.from} WHERE ${isOfKey}`;

/** Most sessions are one trace, of which nothing has to be put together. */
const recomputation = (layout: Layout): string => `
  ${layout.tracesOfSessions.with}
  UPDATE agentops.sessions SET
    trace_id = CASE WHEN total.traces = 1 THEN first.trace_id END, name = first.name, service_name = first.service_name,
    environment = first.environment, start_time = total.start_time, end_time = total.end_time,
    last_time = total.last_time, end_state = total.end_state,
    end_state_reason = CASE WHEN total.traces = 1 THEN first.end_state_reason ELSE (
      SELECT end_state_reason FROM ${tracesOfKey(layout)} AND traces.end_state = total.end_state
      ORDER BY end_time DESC, trace_id LIMIT 1) END,
    agents = CASE WHEN total.traces = 1 THEN cardinality(first.agents) ELSE (
      SELECT count(DISTINCT agent.agent_id) FROM ${layout.tracesOfSessions.from} CROSS JOIN LATERAL unnest(traces.agents) AS agent
      WHERE ${isOfKey}) END,
    models = CASE WHEN total.traces = 1 THEN first.models ELSE ARRAY(
      SELECT DISTINCT unnest(traces.models) AS model FROM ${tracesOfKey(layout)} ORDER BY model) END,
    ${totalsFrom('total')},
    tags = first.tags, metadata = first.metadata, resource = first.resource,
    user_id = coalesce(first.user_id, total.user_id),
    conversation_id = coalesce(first.conversation_id, total.conversation_id)
  FROM ${KEYS}
  CROSS JOIN LATERAL (
    SELECT count(*) AS traces, min(start_time) AS start_time,
      max(last_time) AS last_time, CASE WHEN bool_and(end_time IS NOT NULL) THEN max(end_time) END AS end_time,
      -- Running while any trace runs; then the worst of their ends.
      CASE WHEN bool_or(end_state IS NULL) THEN NULL
        WHEN bool_or(end_state = 'Fail') THEN 'Fail'
        WHEN bool_or(end_state = 'Indeterminate') THEN 'Indeterminate'
        ELSE 'Success' END AS end_state,
      min(user_id) AS user_id, min(conversation_id) AS conversation_id, ${TOTALS_SUMMED}
    FROM ${tracesOfKey(layout)}
  ) AS total
  -- Who the session is, by the trace that began it.
  CROSS JOIN LATERAL (SELECT * FROM ${tracesOfKey(layout)} ORDER BY start_time, trace_id LIMIT 1) AS first
  WHERE sessions.project_id = key.project_id AND sessions.session_id = key.session_id
  RETURNING 1 AS recomputed`;

const removalOfEmpty = (layout: Layout): string => `
  ${layout.tracesOfSessions.with}
  DELETE FROM agentops.sessions USING ${KEYS}
  WHERE sessions.project_id = key.project_id AND sessions.session_id = key.session_id
    AND NOT EXISTS (SELECT FROM ${tracesOfKey(layout)})
  RETURNING sessions.session_id`;
