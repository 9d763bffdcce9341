import type { SpanDocument, SpanList, SpanSkeleton } from '../documents.ts';
import type { Reads } from '../engines/engine.ts';
import { lostTime } from '../rollup/lost.ts';
import { isoTime, isoTimeOrNull } from '../time.ts';

type SkeletonRow = Omit<SpanSkeleton, 'input_tokens' | 'output_tokens' | 'cost'> & {
  input_tokens: string | null;
  output_tokens: string | null;
  cost: string | null;
};

type DocumentRow = SkeletonRow &
  Pick<
    SpanDocument,
    | 'session_id'
    | 'status_message'
    | 'user_id'
    | 'conversation_id'
    | 'scope_name'
    | 'scope_version'
    | 'attributes'
    | 'resource'
    | 'events'
    | 'links'
  > & {
    cache_read_tokens: string | null;
    cache_write_tokens: string | null;
    reasoning_tokens: string | null;
  };

/** Every span of a session by start time; undefined where there is no such session. */
export async function listSpans(
  db: Reads,
  projectId: string,
  sessionId: string,
): Promise<SpanList | undefined> {
  const spans = await spansOfSession<SkeletonRow>(db, projectId, sessionId, SKELETON);
  return spans && { spans: spans.map(skeletonOf), total: spans.length };
}

/** One span of a session with everything; undefined where there is none. */
export async function readSpan(
  db: Reads,
  projectId: string,
  sessionId: string,
  spanId: string,
): Promise<SpanDocument | undefined> {
  const [row] = (await spansOfSession<DocumentRow>(db, projectId, sessionId, DOCUMENT, spanId)) ?? [];
  if (!row) return undefined;
  return {
    ...row,
    ...skeletonOf(row),
    started_at: isoTime(row.start_time),
    ended_at: isoTimeOrNull(row.end_time),
    cache_read_tokens: numberOrNull(row.cache_read_tokens),
    cache_write_tokens: numberOrNull(row.cache_write_tokens),
    reasoning_tokens: numberOrNull(row.reasoning_tokens),
  };
}

const SKELETON = `span_id, trace_id, parent_span_id, operation_name AS name, kind, span_kind, event_type, start_time,
  end_time, ${lostTime('spans')} AS lost_time, status, service_name, agent_id, agent_name, provider, model, input_tokens, output_tokens, cost`;

const DOCUMENT = `${SKELETON}, session_id, status_message, user_id, conversation_id, cache_read_tokens,
  cache_write_tokens, reasoning_tokens, scope_name, scope_version, attributes, resource, events, links`;

/**
 * The spans of a session's traces, or one of them. The traces and their days are looked up first: given as values,
 * they let the planner leave out every other partition.
 */
async function spansOfSession<Row>(
  db: Reads,
  projectId: string,
  sessionId: string,
  columns: string,
  spanId?: string,
): Promise<Row[] | undefined> {
  const [session] = await db.query<{ traces: string[] | null; first_day: string; last_day: string }>(
    `SELECT array_agg(trace_id) AS traces, min(first_day)::text AS first_day, max(last_day)::text AS last_day
     FROM agentops.traces WHERE project_id = $1 AND session_id = $2`,
    [projectId, sessionId],
  );
  if (!session?.traces) return undefined;
  const params = [projectId, session.traces, session.first_day, session.last_day];
  return db.query<Row>(
    `SELECT ${columns} FROM agentops.spans AS spans
     WHERE project_id = $1 AND trace_id = ANY ($2::text[]) AND day BETWEEN $3::date AND $4::date
       ${spanId === undefined ? '' : 'AND span_id = $5'}
     ORDER BY spans.start_time, span_id`,
    spanId === undefined ? params : [...params, spanId],
  );
}

function skeletonOf(row: SkeletonRow): SpanSkeleton {
  return {
    span_id: row.span_id,
    trace_id: row.trace_id,
    parent_span_id: row.parent_span_id,
    name: row.name,
    kind: row.kind,
    span_kind: row.span_kind,
    event_type: row.event_type,
    start_time: row.start_time,
    end_time: row.end_time,
    lost_time: row.lost_time,
    status: row.status,
    service_name: row.service_name,
    agent_id: row.agent_id,
    agent_name: row.agent_name,
    provider: row.provider,
    model: row.model,
    input_tokens: numberOrNull(row.input_tokens),
    output_tokens: numberOrNull(row.output_tokens),
    cost: numberOrNull(row.cost),
  };
}

const numberOrNull = (digits: string | null): number | null => (digits === null ? null : Number(digits));
