import type { Queryable } from '../engines/engine.ts';

/** A trace whose totals are out of date, with the days its newly written spans are stored under. */
export interface DirtyTrace {
  project_id: string;
  trace_id: string;
  first_day: string;
  last_day: string;
}

/** Marks taken, and whether they are as many as are taken at once: there may be more. */
export interface TakenMarks {
  traces: DirtyTrace[];
  isFull: boolean;
}

/** Which marks to take: any that nobody else is working on, but for those of some traces, all up to an id, or those that concern one session. */
export type Marks =
  | { of: 'any'; except: readonly string[] }
  | { of: 'until'; id: string }
  | { of: 'session'; projectId: string; sessionId: string };

const MARKS_PER_PASS = 1_000;

/**
 * Deletes marks and resolves to their traces, in the order of their keys. Whoever needs particular marks to be rolled up
 * waits for those another worker has taken; the background worker skips them.
 */
export async function takeMarks(tx: Queryable, marks: Marks): Promise<TakenMarks> {
  const { where, lock, params } = selection(marks);
  const taken = await tx.query<DirtyTrace & { marks: string }>(
    `WITH taken AS MATERIALIZED (
       SELECT id FROM agentops.dirty_traces WHERE ${where} ORDER BY id LIMIT ${MARKS_PER_PASS} ${lock}
     ), deleted AS (
       DELETE FROM agentops.dirty_traces WHERE id IN (SELECT id FROM taken)
       RETURNING project_id, trace_id, first_day, last_day
     )
     SELECT project_id, trace_id, min(first_day)::text AS first_day, max(last_day)::text AS last_day, count(*) AS marks
     FROM deleted GROUP BY project_id, trace_id ORDER BY project_id, trace_id`,
    params,
  );
  const count = taken.reduce((sum, { marks }) => sum + Number(marks), 0);
  return { traces: taken, isFull: count >= MARKS_PER_PASS };
}

/** The latest mark there is, or undefined where there is none. */
export async function latestMark(db: Queryable): Promise<string | undefined> {
  const [row] = await db.query<{ id: string | null }>('SELECT max(id) AS id FROM agentops.dirty_traces');
  return row?.id ?? undefined;
}

function selection(marks: Marks): { where: string; lock: string; params: (string | readonly string[])[] } {
  switch (marks.of) {
    case 'any':
      return {
        where: 'trace_id <> ALL ($1::text[])',
        lock: 'FOR UPDATE SKIP LOCKED',
        params: [marks.except],
      };
    case 'until':
      return { where: 'id <= $1::bigint', lock: 'FOR UPDATE', params: [marks.id] };
    case 'session':
      // A span that names no session still belongs to that of its trace.
      return {
        where: `project_id = $1 AND (session_id = $2 OR trace_id IN (
          SELECT trace_id FROM agentops.traces WHERE project_id = $1 AND session_id = $2))`,
        lock: 'FOR UPDATE',
        params: [marks.projectId, marks.sessionId],
      };
  }
}
