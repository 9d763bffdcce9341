import type { SessionList, SessionListQuery } from '../documents.ts';
import type { Reads } from '../engines/engine.ts';
import { StoreError } from '../errors.ts';
import { parseTime } from '../time.ts';
import { type Cursor, decodeCursor, encodeCursor } from './cursor.ts';
import { SUMMARY, type SummaryRow, summaryOf } from './session-row.ts';

const DEFAULT_LIMIT = 50;
const LARGEST_LIMIT = 200;
/** Sessions counted for `total`: a million are not counted for a number of which nobody reads the last digit. */
const MOST_COUNTED = 1_000;
/** How many of the newest sessions are looked at to see whether a text is in many names. */
const SAMPLE = 1_000;
/** So many of them is many: a walk through the list then fills a page, and the count, sooner than the index of trigrams. */
const MANY = SAMPLE / 20;
/** What an index keeps of a text, and a name; see the migration that makes the indexes. */
const KEY_LENGTH = 200;
const NAME_LENGTH = 1000;
/** Shorter texts have no trigram, and are searched for in every name. */
const TRIGRAM_LENGTH = 3;

/** Sessions of a project, newest first, one page after another. */
export async function listSessions(
  db: Reads,
  projectId: string,
  query: SessionListQuery,
): Promise<SessionList> {
  const limit = limitOf(query);
  const after = query.cursor === undefined ? undefined : decodeCursor(query.cursor);
  const filter = filterOf(projectId, query, await isInManyNames(db, projectId, query.q));
  const [sessions, total] = await Promise.all([pageOf(db, filter, after, limit), countOf(db, filter)]);
  const last = sessions.length > limit ? sessions[limit - 1] : undefined;
  return {
    sessions: sessions.slice(0, limit).map(summaryOf),
    total: Math.min(total, MOST_COUNTED),
    is_total_exact: total <= MOST_COUNTED,
    next_cursor: last ? encodeCursor(last) : null,
  };
}

/** What indexes demand of a session, and every one that is there for others to see meets. */
const IS_KNOWN = 'start_time > 0';

interface Filter {
  where: string;
  params: unknown[];
}

function limitOf({ limit = DEFAULT_LIMIT }: SessionListQuery): number {
  if (Number.isInteger(limit) && limit >= 1 && limit <= LARGEST_LIMIT) return limit;
  throw new StoreError('invalid_query', `limit is ${limit}; give a whole number from 1 to ${LARGEST_LIMIT}`);
}

/** The conditions of a query and their parameters, always within one project. */
function filterOf(projectId: string, query: SessionListQuery, isCommon: boolean): Filter {
  const params: unknown[] = [];
  const conditions: string[] = [];
  const add = (condition: (parameter: string) => string, value: unknown) => {
    if (value !== undefined) conditions.push(condition(`$${params.push(value)}`));
  };
  add((p) => `project_id = ${p} AND ${IS_KNOWN}`, projectId);
  add((p) => `(${nameHas(p, isCommon)} OR starts_with(session_id, lower(${p}::text)))`, query.q);
  if (query.state === 'running') conditions.push('end_state IS NULL');
  else add((p) => `end_state = ${p}`, query.state);
  if (query.errors !== undefined) conditions.push(query.errors ? 'errors > 0' : 'errors = 0');
  add((p) => isAmong(p, 'tags'), query.tag);
  add((p) => isAmong(p, 'models'), query.model);
  add((p) => isText(p, 'service_name'), query.service);
  add((p) => isText(p, 'user_id'), query.user);
  add((p) => `start_time >= ${p}::bigint`, timeOf(query.from, 'from'));
  add((p) => `start_time < ${p}::bigint`, timeOf(query.to, 'to'));
  return { where: conditions.join(' AND '), params };
}

const timeOf = (text: string | undefined, name: string): string | undefined =>
  text === undefined ? undefined : String(parseTime(text, name));

// Each condition names what the index has, which may be cut, and then what is meant.

const isText = (parameter: string, column: string): string =>
  `(left(${column}, ${KEY_LENGTH}) = left(${parameter}::text, ${KEY_LENGTH}) AND ${column} = ${parameter})`;

const isAmong = (parameter: string, column: string): string =>
  `(agentops.keys_of(${column}) @> ARRAY[left(${parameter}::text, ${KEY_LENGTH})] AND ${parameter}::text = ANY (${column}))`;

const NAME = `lower(left(name, ${NAME_LENGTH}))`;

/** @param isCommon Leaves out the trigrams: they cost more than they spare. */
function nameHas(parameter: string, isCommon: boolean): string {
  const isIn = `position(lower(${parameter}::text) in ${NAME}) > 0`;
  if (isCommon) return isIn;
  const trigrams = (of: string) => `agentops.trigrams_of(${of} COLLATE "C")`;
  return `(${trigrams(NAME)} @> ${trigrams(`lower(${parameter}::text)`)} AND ${isIn})`;
}

/** Whether to look for `text` name by name. */
async function isInManyNames(db: Reads, projectId: string, text: string | undefined): Promise<boolean> {
  if (text === undefined || [...text].length < TRIGRAM_LENGTH) return true;
  const [row] = await db.query<{ found: string }>(
    `SELECT count(*) AS found FROM (
       SELECT name FROM agentops.sessions WHERE project_id = $1 AND ${IS_KNOWN}
       ORDER BY start_time DESC, session_id DESC LIMIT ${SAMPLE}
     ) AS newest WHERE ${nameHas('$2', true)}`,
    [projectId, text],
  );
  return Number(row?.found) >= MANY;
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

/** How many match, up to one more than are counted. */
async function countOf(db: Reads, filter: Filter): Promise<number> {
  const [row] = await db.query<{ total: string }>(
    `SELECT count(*) AS total FROM (
       SELECT FROM agentops.sessions WHERE ${filter.where} LIMIT ${MOST_COUNTED + 1}
     ) AS counted`,
    filter.params,
  );
  return Number(row?.total);
}
