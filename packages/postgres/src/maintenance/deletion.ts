import { type Engine, type Queryable, transact } from '../engines/engine.ts';
import { idsOf } from '../rollup/hour-parts.ts';
import { listPartitions } from './partition-list.ts';

/** What a deletion has removed. */
export interface DeletionResult {
  readonly traces: number;
  readonly spans: number;
}

/** How many traces one transaction removes: writers and readers go on between them. */
const TRACES_PER_TRANSACTION = 500;

/** A trace, and the days its spans are stored under. */
interface TraceKey {
  project_id: string;
  trace_id: string;
  first_day: string;
  last_day: string;
}

/**
 * Deletes the spans of the traces that `select` finds, batch by batch, and marks them, so that their totals go with
 * the next roll-up. `select` must not find again what has no spans any more.
 */
async function deleteTraces(
  engine: Engine,
  select: (tx: Queryable) => Promise<TraceKey[]>,
): Promise<DeletionResult> {
  let traces = 0;
  let spans = 0;
  for (;;) {
    const batch = await transact(engine, async (tx) => {
      const keys = await select(tx);
      if (keys.length === 0) return undefined;
      const marks = await tx.query<{ spans: string }>(MARKS, [JSON.stringify(keys)]);
      await tx.query(ADD_MARKS, [JSON.stringify(marks)]);
      await tx.query(DELETE_SPANS, [JSON.stringify(keys), idsOf(keys)]);
      return { traces: keys.length, spans: marks.reduce((sum, { spans }) => sum + Number(spans), 0) };
    });
    if (batch === undefined) return { traces, spans };
    traces += batch.traces;
    spans += batch.spans;
  }
}

/** Deletes all traces of a session. Its marks must have been rolled up before. */
export async function deleteSession(
  engine: Engine,
  projectId: string,
  sessionId: string,
): Promise<DeletionResult> {
  await engine.query(
    `DELETE FROM agentops.rejected_spans WHERE project_id = $1 AND trace_id IN (
       SELECT trace_id FROM agentops.traces WHERE project_id = $1 AND session_id = $2)`,
    [projectId, sessionId],
  );
  return deleteTraces(engine, (tx) =>
    tx.query(tracesWithSpans('known.project_id = $1 AND known.session_id = $2'), [projectId, sessionId]),
  );
}

/** Deletes everything a project has but its keys. Its marks must have been rolled up before. */
export async function deleteProject(engine: Engine, projectId: string): Promise<DeletionResult> {
  await engine.query('DELETE FROM agentops.rejected_spans WHERE project_id = $1', [projectId]);
  return deleteTraces(engine, (tx) => tx.query(tracesWithSpans('known.project_id = $1'), [projectId]));
}

/**
 * Deletes every trace in which a span names `userId`, whole: what others of its spans hold was said by or to the same
 * person. Of one project, or of all.
 */
export async function eraseUser(
  engine: Engine,
  userId: string,
  projectId: string | undefined,
): Promise<DeletionResult> {
  await engine.query(
    'DELETE FROM agentops.rejected_spans WHERE user_id = $1 AND ($2::text IS NULL OR project_id = $2)',
    [userId, projectId ?? null],
  );
  let traces = 0;
  let spans = 0;
  for (const { name } of await listPartitions(engine)) {
    const part = await deleteTraces(engine, (tx) =>
      tx.query(
        `SELECT ${KEY} FROM (
           SELECT DISTINCT project_id, trace_id FROM agentops.${name}
           WHERE user_id = $1 AND ($2::text IS NULL OR project_id = $2) LIMIT ${TRACES_PER_TRANSACTION}
         ) AS named JOIN agentops.traces AS known USING (project_id, trace_id)`,
        [userId, projectId ?? null],
      ),
    );
    traces += part.traces;
    spans += part.spans;
  }
  return { traces, spans };
}

const KEY =
  'known.project_id, known.trace_id, known.first_day::text AS first_day, known.last_day::text AS last_day';

/** Traces that `where` picks and of which there are spans left. */
const tracesWithSpans = (where: string): string => `
  SELECT ${KEY} FROM agentops.traces AS known
  WHERE ${where} AND EXISTS (
    SELECT FROM agentops.spans WHERE spans.project_id = known.project_id AND spans.trace_id = known.trace_id
      AND spans.day BETWEEN known.first_day AND known.last_day)
  LIMIT ${TRACES_PER_TRANSACTION}`;

const KEYS =
  'jsonb_to_recordset($1::jsonb) AS key(project_id text COLLATE "C", trace_id text COLLATE "C", first_day date, last_day date)';

const SPANS_OF_KEY = `
  spans.project_id = key.project_id AND spans.trace_id = key.trace_id AND spans.day BETWEEN key.first_day AND key.last_day`;

/**
 * The marks say where the spans were, so that the roll-up finds none, whatever it knew of the trace. Spans that come
 * between these statements have marks of their own.
 */
const MARKS = `
  SELECT spans.project_id, spans.trace_id, spans.session_id, min(spans.day)::text AS first_day,
    max(spans.day)::text AS last_day, count(*) AS spans
  FROM agentops.spans AS spans JOIN ${KEYS} ON ${SPANS_OF_KEY}
  GROUP BY spans.project_id, spans.trace_id, spans.session_id`;

const ADD_MARKS = `
  INSERT INTO agentops.dirty_traces (project_id, trace_id, session_id, first_day, last_day)
  SELECT * FROM jsonb_to_recordset($1::jsonb)
    AS mark(project_id text, trace_id text, session_id text, first_day date, last_day date)`;

const DELETE_SPANS = `
  DELETE FROM agentops.spans USING ${KEYS} WHERE ${SPANS_OF_KEY} AND spans.trace_id = ANY ($2::text[])`;
