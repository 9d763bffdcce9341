import { Attr } from '@agentops/otlp';
import type { Queryable } from '../engines/engine.ts';

/** What stands as the reason of a session's end where nobody has said that it ended. */
export const LOST = 'lost';

/** So many heartbeats must be missed in a row. */
const MISSED = 3;
/** How long the request of a heartbeat may be on its way, in milliseconds: the SDK gives one up after that. */
const ON_THE_WAY_MS = 2_000;
/** No sender beats as seldom as that; a greater number is a mistake, and might not fit into a time. */
const LONGEST_INTERVAL_MS = 24 * 60 * 60 * 1_000;

/**
 * When a span is to be taken for lost, and with the root of a session the session; null where it has ended, or its snapshots
 * promise no further ones. By the clock of the database alone, that of the sender may be wrong.
 */
export const lostAt = (span: string): string => `
  CASE WHEN ${span}.end_time IS NULL AND jsonb_typeof(${span}.attributes->'${Attr.AGENTOPS_LIVE_INTERVAL}') = 'number'
    THEN ${span}.ingested_at + interval '1 ms' * (${ON_THE_WAY_MS} + ${MISSED}
      * least(greatest((${span}.attributes->>'${Attr.AGENTOPS_LIVE_INTERVAL}')::numeric, 0), ${LONGEST_INTERVAL_MS})::float8)
  END`;

/** The same in ns since the epoch, once it has come. */
export const lostTime = (span: string): string => `(
  SELECT floor(extract(epoch FROM lost_at) * 1000000)::bigint * 1000 FROM (SELECT ${lostAt(span)} AS lost_at) AS judged
  WHERE lost_at <= now())`;

/** What a look for lost sessions has found. */
export interface LostSessions {
  /** Traces that have to be recomputed. */
  marked: number;
  /** Whether there are sessions that may get lost later. */
  isAnyAlive: boolean;
}

const TRACES_PER_LOOK = 1_000;

/**
 * Marks the traces whose time has come, so that the roll-up judges them anew: by then a heartbeat may have come after
 * all. A mark too many does no harm.
 */
export async function markLost(db: Queryable): Promise<LostSessions> {
  const due = await db.query(DUE);
  if (due.length > 0) await db.query(ADD_MARKS, [JSON.stringify(due)]);
  const alive = await db.query(ALIVE);
  return { marked: due.length, isAnyAlive: alive.length > 0 };
}

const LIVE = 'agentops.traces WHERE end_state IS NULL AND lost_at IS NOT NULL';

const DUE = `
  SELECT project_id, trace_id, session_id, first_day::text AS first_day, last_day::text AS last_day
  FROM ${LIVE} AND lost_at <= now() ORDER BY lost_at LIMIT ${TRACES_PER_LOOK}`;

const ADD_MARKS = `
  INSERT INTO agentops.dirty_traces (project_id, trace_id, session_id, first_day, last_day)
  SELECT * FROM jsonb_to_recordset($1::jsonb)
    AS mark(project_id text, trace_id text, session_id text, first_day date, last_day date)`;

const ALIVE = `SELECT trace_id FROM ${LIVE} LIMIT 1`;
