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
/** How many of the newest sessions are looked at, at most, to see whether many have the words that are asked for. */
const SAMPLE = 1_000;
/** So many of them is many: a walk through the list then fills a page, and the count, sooner than the index of words. */
const MANY = SAMPLE / 20;
/** With so many it still fills a page sooner, for which the index has to find and sort them all. */
const SOME = SAMPLE / 100;
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
  const plan = await planFor(db, projectId, query);
  const [sessions, total] = await Promise.all([
    pageOf(db, plan.page, after, limit),
    plan.total ?? countOf(db, plan.count),
  ]);
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

const LIST_ORDER = 'ORDER BY start_time DESC, session_id DESC';

interface Filter {
  way: Way;
  /** All conditions but those on words. */
  rest: string;
  /** The conditions on words; empty where there are none. */
  words: string;
  /** All conditions. */
  where: string;
  params: unknown[];
}

/** How sessions with words are found: by a walk through the list, newest first, or by the index of words. */
type Way = 'walk' | 'index';

function limitOf({ limit = DEFAULT_LIMIT }: SessionListQuery): number {
  if (Number.isInteger(limit) && limit >= 1 && limit <= LARGEST_LIMIT) return limit;
  throw new StoreError('invalid_query', `limit is ${limit}; give a whole number from 1 to ${LARGEST_LIMIT}`);
}

/** How a list is read. */
interface Plan {
  page: Filter;
  count: Filter;
  /** Where it is known already. */
  total?: number;
}

/**
 * The better way to a page and to the count. The index finds few sessions fast wherever they are in the list, a walk many,
 * and neither does for both: so the newest that meet all other conditions, for which there are indexes in the order of the
 * list, are looked at first, until many are found.
 */
async function planFor(db: Reads, projectId: string, query: SessionListQuery): Promise<Plan> {
  const walk = filterOf(projectId, query, 'walk');
  if (walk.words === '') return { page: walk, count: walk };
  const [row] = await db.query<{ found: string; is_sample: boolean | null }>(
    `SELECT count(*) FILTER (WHERE is_found) AS found, bool_or(number = ${SAMPLE}) AS is_sample FROM (
       SELECT * FROM (
         SELECT ${walk.words} AS is_found, row_number() OVER (${LIST_ORDER}) AS number
         FROM agentops.sessions WHERE ${walk.rest} ${LIST_ORDER} LIMIT ${SAMPLE}
       ) AS newest WHERE is_found OR number = ${SAMPLE} LIMIT ${MANY}
     ) AS looked_at`,
    walk.params,
  );
  const found = Number(row?.found);
  if (found === MANY) return { page: walk, count: walk };
  // All that meet the other conditions were looked at.
  if (row?.is_sample !== true) return { page: walk, count: walk, total: found };
  const index = filterOf(projectId, query, 'index');
  return { page: found >= SOME ? walk : index, count: index };
}

/** The conditions of a query and their parameters, always within one project. */
function filterOf(projectId: string, query: SessionListQuery, way: Way): Filter {
  const params: unknown[] = [];
  const conditions: string[] = [];
  const add = (condition: (parameter: string) => string, value: unknown) => {
    if (value !== undefined) conditions.push(condition(`$${params.push(value)}`));
  };
  add((p) => `project_id = ${p} AND ${IS_KNOWN}`, projectId);
  add((p) => `start_time >= ${p}::bigint`, timeOf(query.from, 'from'));
  add((p) => `start_time < ${p}::bigint`, timeOf(query.to, 'to'));
  if (query.state === 'running') conditions.push('end_state IS NULL');
  else add((p) => `end_state = ${p}`, query.state);
  if (query.errors !== undefined) conditions.push(query.errors ? 'errors > 0' : 'errors = 0');
  add((p) => isText(p, 'service_name'), query.service);
  add((p) => isText(p, 'user_id'), query.user);
  const withoutWords = conditions.length;
  const nameWay = [...(query.q ?? '')].length < TRIGRAM_LENGTH ? 'walk' : way;
  add((p) => `(${nameHas(p, nameWay)} OR starts_with(session_id, lower(${p}::text)))`, query.q);
  add((p) => isAmong(p, 'tags', way), query.tag);
  add((p) => isAmong(p, 'models', way), query.model);
  const joined = (from: number, to?: number): string => conditions.slice(from, to).join(' AND ');
  return { way, rest: joined(0, withoutWords), words: joined(withoutWords), where: joined(0), params };
}

const timeOf = (text: string | undefined, name: string): string | undefined =>
  text === undefined ? undefined : String(parseTime(text, name));

// Each condition names what the index has, which may be cut, and then what is meant.

const isText = (parameter: string, column: string): string =>
  `(left(${column}, ${KEY_LENGTH}) = left(${parameter}::text, ${KEY_LENGTH}) AND ${column} = ${parameter})`;

function isAmong(parameter: string, column: string, way: Way): string {
  const isIn = `${parameter}::text = ANY (${column})`;
  if (way === 'walk') return isIn;
  return `(agentops.keys_of(${column}) @> ARRAY[left(${parameter}::text, ${KEY_LENGTH})] AND ${isIn})`;
}

const NAME = `lower(left(name, ${NAME_LENGTH}))`;

function nameHas(parameter: string, way: Way): string {
  const isIn = `position(lower(${parameter}::text) in ${NAME}) > 0`;
  if (way === 'walk') return isIn;
  const trigrams = (of: string) => `agentops.trigrams_of(${of} COLLATE "C")`;
  return `(${trigrams(NAME)} @> ${trigrams(`lower(${parameter}::text)`)} AND ${isIn})`;
}

/** One row more than a page holds, which tells whether there is another page. */
function pageOf(db: Reads, filter: Filter, after: Cursor | undefined, limit: number): Promise<SummaryRow[]> {
  const params = [...filter.params];
  const rest = after
    ? `AND (start_time, session_id) < ($${params.push(after.start_time)}::bigint, $${params.push(after.session_id)}::text)`
    : '';
  return db.query<SummaryRow>(
    `SELECT ${SUMMARY} FROM agentops.sessions WHERE ${filter.where} ${rest}
     ${LIST_ORDER} LIMIT ${limit + 1}`,
    params,
  );
}

/**
 * How many match, up to one more than are counted. A walk counts from the newest, as the page does: what it reads is in
 * memory then, and without words the index alone often answers. OFFSET keeps the planner from walking otherwise because of
 * the words, of which it knows little. What the index of words finds is in no order.
 */
async function countOf(db: Reads, { way, rest, words, where, params }: Filter): Promise<number> {
  const matching =
    way === 'index'
      ? `agentops.sessions WHERE ${where}`
      : `(SELECT * FROM agentops.sessions WHERE ${rest} ${LIST_ORDER} OFFSET 0) AS newest WHERE ${words || 'true'}`;
  const [row] = await db.query<{ total: string }>(
    `SELECT count(*) AS total FROM (SELECT FROM ${matching} LIMIT ${MOST_COUNTED + 1}) AS counted`,
    params,
  );
  return Number(row?.total);
}
