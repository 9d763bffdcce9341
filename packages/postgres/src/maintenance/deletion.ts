import { indexedText, storableText } from '@agentops/otlp';
import { type Engine, type Queryable, transact } from '../engines/engine.ts';
import { idsOf } from '../rollup/hour-parts.ts';
import { listPartitions } from './partition-list.ts';

/** What a deletion has removed. */
export interface DeletionResult {
  readonly traces: number;
  readonly spans: number;
  /** Spans that had been set aside because they could not be stored. */
  readonly rejected: number;
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
 * Deletes the spans of the traces that `select` finds, batch by batch, with what was rejected of them, and marks them, so
 * that their totals go with the next roll-up. `select` must not find again what has no spans any more.
 */
async function deleteTraces(
  engine: Engine,
  select: (tx: Queryable) => Promise<TraceKey[]>,
): Promise<DeletionResult> {
  let total = NOTHING;
  for (;;) {
    const batch = await transact(engine, async (tx) => {
      const found = await select(tx);
      if (found.length === 0) return undefined;
      const keys = JSON.stringify(found);
      const marks = await tx.query<{ spans: string }>(MARKS, [keys]);
      await tx.query(ADD_MARKS, [JSON.stringify(marks)]);
      await tx.query(DELETE_SPANS, [keys, idsOf(found)]);
      return {
        traces: found.length,
        spans: marks.reduce((sum, { spans }) => sum + Number(spans), 0),
        rejected: await deleteRejected(tx, keys),
      };
    });
    if (batch === undefined) return total;
    total = sum(total, batch);
  }
}

const NOTHING: DeletionResult = { traces: 0, spans: 0, rejected: 0 };

function sum(a: DeletionResult, b: DeletionResult): DeletionResult {
  return { traces: a.traces + b.traces, spans: a.spans + b.spans, rejected: a.rejected + b.rejected };
}

/** Deletes what was rejected of traces and says how many spans it was. `keys` is JSON. */
async function deleteRejected(db: Queryable, keys: string): Promise<number> {
  return (await db.query(DELETE_REJECTED, [keys])).length;
}

/** Deletes all traces of a session. Its marks must have been rolled up before. */
export async function deleteSession(
  engine: Engine,
  projectId: string,
  sessionId: string,
): Promise<DeletionResult> {
  const deleted = await deleteTraces(engine, (tx) =>
    tx.query(tracesWithSpans('known.project_id = $1 AND known.session_id = $2'), [projectId, sessionId]),
  );
  if (deleted.traces > 0) return deleted;
  // Where all its spans were rejected there is no session, but its id may be that of its trace.
  const key = { project_id: projectId, trace_id: sessionId.toLowerCase().replaceAll('-', '') };
  const isOfAnother = await engine.query(
    'SELECT FROM agentops.traces WHERE project_id = $1 AND trace_id = $2',
    [key.project_id, key.trace_id],
  );
  if (isOfAnother.length > 0) return deleted;
  return { ...deleted, rejected: await deleteRejected(engine, JSON.stringify([key])) };
}

/** Deletes everything a project has but its keys. Its marks must have been rolled up before. */
export async function deleteProject(engine: Engine, projectId: string): Promise<DeletionResult> {
  const deleted = await deleteTraces(engine, (tx) =>
    tx.query(tracesWithSpans('known.project_id = $1'), [projectId]),
  );
  const [rest] = await engine.query<{ rejected: string }>(
    `WITH gone AS (DELETE FROM agentops.rejected_spans WHERE project_id = $1 RETURNING 1)
     SELECT count(*) AS rejected FROM gone`,
    [projectId],
  );
  return { ...deleted, rejected: deleted.rejected + Number(rest?.rejected) };
}

/**
 * Deletes every trace in which a span names `userId`, whole: what others of its spans hold was said by or to the same
 * person. Of one project, or of all. A name of more than 256 characters is compared by these, as columns have no more.
 */
export async function eraseUser(
  engine: Engine,
  userId: string,
  projectId: string | undefined,
): Promise<DeletionResult> {
  const whose = [indexedText(storableText(userId)), projectId ?? null];
  let total = NOTHING;
  for (const { name } of await listPartitions(engine)) {
    const part = await deleteTraces(engine, (tx) =>
      tx.query(
        `SELECT ${KEY} FROM (
           SELECT DISTINCT project_id, trace_id FROM agentops.${name}
           WHERE user_id = $1 AND ($2::text IS NULL OR project_id = $2) LIMIT ${TRACES_PER_TRANSACTION}
         ) AS named JOIN agentops.traces AS known USING (project_id, trace_id)`,
        whose,
      ),
    );
    total = sum(total, part);
  }
  // What is left are traces that only a rejected span of theirs says to be the user's.
  for (;;) {
    const named = await engine.query(NAMED_BY_REJECTED, whose);
    if (named.length === 0) return total;
    const keys = JSON.stringify(named);
    total = sum(total, await deleteTraces(engine, (tx) => tx.query(NAMED_WITH_SPANS, [keys])));
    total = sum(total, { ...NOTHING, rejected: await deleteRejected(engine, keys) });
  }
}

const KEY =
  'known.project_id, known.trace_id, known.first_day::text AS first_day, known.last_day::text AS last_day';

const HAS_SPANS = `EXISTS (
    SELECT FROM agentops.spans WHERE spans.project_id = known.project_id AND spans.trace_id = known.trace_id
      AND spans.day BETWEEN known.first_day AND known.last_day)`;

/** Traces that `where` picks and of which there are spans left. */
const tracesWithSpans = (where: string): string => `
  SELECT ${KEY} FROM agentops.traces AS known WHERE ${where} AND ${HAS_SPANS} LIMIT ${TRACES_PER_TRANSACTION}`;

const KEYS =
  'jsonb_to_recordset($1::jsonb) AS key(project_id text COLLATE "C", trace_id text COLLATE "C", first_day date, last_day date)';

const NAMED_BY_REJECTED = `
  SELECT DISTINCT project_id, trace_id FROM agentops.rejected_spans
  WHERE user_id = $1 AND ($2::text IS NULL OR project_id = $2) LIMIT ${TRACES_PER_TRANSACTION}`;

const NAMED_WITH_SPANS = `
  SELECT ${KEY} FROM ${KEYS} JOIN agentops.traces AS known USING (project_id, trace_id) WHERE ${HAS_SPANS}`;

const DELETE_REJECTED = `
  DELETE FROM agentops.rejected_spans AS rejected USING ${KEYS}
  WHERE rejected.project_id = key.project_id AND rejected.trace_id = key.trace_id RETURNING rejected.span_id`;

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
