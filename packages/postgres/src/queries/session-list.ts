import type { SessionList, SessionListQuery } from '../documents.ts';
import type { Reads } from '../engines/engine.ts';
import { StoreError } from '../errors.ts';
import { type Cursor, decodeCursor, encodeCursor } from './cursor.ts';
import { SUMMARY, type SummaryRow, summaryOf } from './session-row.ts';

const DEFAULT_LIMIT = 50;
const LARGEST_LIMIT = 200;

/** Sessions of a project, newest first, one page after another. */
export async function listSessions(
  db: Reads,
  projectId: string,
  query: SessionListQuery,
): Promise<SessionList> {
  const limit = limitOf(query);
  const after = query.cursor === undefined ? undefined : decodeCursor(query.cursor);
  const filter = filterOf(projectId, query);
  const [sessions, total] = await Promise.all([pageOf(db, filter, after, limit), countOf(db, filter)]);
  const last = sessions.length > limit ? sessions[limit - 1] : undefined;
  return {
    sessions: sessions.slice(0, limit).map(summaryOf),
    total,
    next_cursor: last ? encodeCursor(last) : null,
  };
}

interface Filter {
  where: string;
  params: unknown[];
}

function limitOf({ limit = DEFAULT_LIMIT }: SessionListQuery): number {
  if (Number.isInteger(limit) && limit >= 1 && limit <= LARGEST_LIMIT) return limit;
  throw new StoreError('invalid_query', `limit is ${limit}; give a whole number from 1 to ${LARGEST_LIMIT}`);
}

/** The conditions of a query and their parameters, always within one project. */
function filterOf(projectId: string, query: SessionListQuery): Filter {
  const params: unknown[] = [];
  const conditions: string[] = [];
  const add = (condition: (parameter: string) => string, value: unknown) => {
    if (value !== undefined) conditions.push(condition(`$${params.push(value)}`));
  };
  add((p) => `project_id = ${p}`, projectId);
  add(
    (p) => `(position(lower(${p}::text) in lower(name)) > 0 OR starts_with(session_id, lower(${p}::text)))`,
    query.q,
  );
  if (query.state === 'running') conditions.push('end_state IS NULL');
  else add((p) => `end_state = ${p}`, query.state);
  add((p) => `(errors > 0) = ${p}::boolean`, query.errors);
  add((p) => `${p}::text = ANY (tags)`, query.tag);
  add((p) => `service_name = ${p}`, query.service);
  add((p) => `user_id = ${p}`, query.user);
  return { where: conditions.join(' AND '), params };
}

/** One row more than a page holds, which tells whether there is another page. */
function pageOf(db: Reads, filter: Filter, after: Cursor | undefined, limit: number): Promise<SummaryRow[]> {
  const params = [...filter.params];
  const rest = after
    ? `AND (start_time, session_id) < ($${params.push(after.start_time)}::bigint, $${params.push(after.session_id)}::text)`
    : '';
  return db.query<SummaryRow>(
    `SELECT ${SUMMARY} FROM agentops.sessions WHERE ${filter.where} ${rest}
     ORDER BY start_time DESC, session_id DESC LIMIT ${limit + 1}`,
    params,
  );
}

async function countOf(db: Reads, filter: Filter): Promise<number> {
  const [row] = await db.query<{ total: string }>(
    `SELECT count(*) AS total FROM agentops.sessions WHERE ${filter.where}`,
    filter.params,
  );
  return Number(row?.total);
}
