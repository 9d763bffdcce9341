import type { SessionList, SessionListQuery } from '../documents.ts';
import type { Reads } from '../engines/engine.ts';
import { StoreError } from '../errors.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { type Filter, filterOf, type Way } from './session-filter.ts';
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

/** Sessions of a project, newest first, one page after another. */
export async function listSessions(
  db: Reads,
  projectId: string,
  query: SessionListQuery,
): Promise<SessionList> {
  const limit = limitOf(query);
  const after = query.cursor === undefined ? undefined : decodeCursor(query.cursor);
  const filter = filterOf(projectId, query);
  const plan = await planFor(db, filter);
  const [sessions, total] = await Promise.all([
    pageOf(db, after ? filterOf(projectId, query, after) : filter, plan, limit),
    plan.total ?? countOf(db, filter, plan.count),
  ]);
  const last = sessions.length > limit ? sessions[limit - 1] : undefined;
  return {
    sessions: sessions.slice(0, limit).map(summaryOf),
    total: Math.min(total, MOST_COUNTED),
    is_total_exact: total <= MOST_COUNTED,
    next_cursor: last ? encodeCursor(last) : null,
  };
}

const LIST_ORDER = 'ORDER BY start_time DESC, session_id DESC';

function limitOf({ limit = DEFAULT_LIMIT }: SessionListQuery): number {
  if (Number.isInteger(limit) && limit >= 1 && limit <= LARGEST_LIMIT) return limit;
  throw new StoreError('invalid_query', `limit is ${limit}; give a whole number from 1 to ${LARGEST_LIMIT}`);
}

/** How a list is read. */
interface Plan {
  page: Way;
  count: Way;
  /** Where it is known already. */
  total?: number;
}

/**
 * The better way to a page and to the count. The index finds few sessions fast wherever they are in the list, a walk many,
 * and neither does for both: so the newest that meet all other conditions, for which there are indexes in the order of the
 * list, are looked at first, until many are found.
 */
async function planFor(db: Reads, filter: Filter): Promise<Plan> {
  if (filter.words === '') return { page: 'index', count: 'index' };
  const { found, isAll } = await walk(db, filter, SAMPLE, MANY);
  if (isAll) return { page: 'walk', count: 'walk', total: found };
  return { page: found >= SOME ? 'walk' : 'index', count: found >= MANY ? 'walk' : 'index' };
}

/**
 * Those with the words among the newest `atMost` that meet the other conditions. LIMIT also keeps the planner from any other
 * way than the walk because of the words, of which it knows little.
 */
const walked = ({ rest, words }: Filter, atMost: number): string => `(
    SELECT * FROM agentops.sessions WHERE ${rest} ${LIST_ORDER} LIMIT ${atMost}
  ) AS walked WHERE ${words}`;

/** Whether there are no more than `atMost` that meet the other conditions. */
const areAll = ({ rest }: Filter, atMost: number): string =>
  `NOT EXISTS (SELECT FROM agentops.sessions WHERE ${rest} ${LIST_ORDER} OFFSET ${atMost} LIMIT 1)`;

/** Looks at the newest `atMost` until so many are found. `isAll` says that fewer were, and that there are no others. */
async function walk(
  db: Reads,
  filter: Filter,
  atMost: number,
  until: number,
): Promise<{ found: number; isAll: boolean }> {
  const [row] = await db.query<{ found: string; is_all: boolean }>(
    `SELECT found, CASE WHEN found < ${until} THEN ${areAll(filter, atMost)} ELSE false END AS is_all FROM (
       SELECT count(*) AS found FROM (SELECT FROM ${walked(filter, atMost)} LIMIT ${until}) AS matching
     ) AS counted`,
    filter.params,
  );
  return { found: Number(row?.found), isAll: row?.is_all === true };
}

/**
 * One row more than a page holds, which tells whether there is another page. A walk ends where that many would have been
 * found if all had the words as often as the sample: older ones may not have them at all, and the index then knows.
 */
async function pageOf(db: Reads, filter: Filter, plan: Plan, limit: number): Promise<SummaryRow[]> {
  const rows = limit + 1;
  const page = (from: string) =>
    db.query<SummaryRow>(`SELECT ${SUMMARY} FROM ${from} ${LIST_ORDER} LIMIT ${rows}`, filter.params);
  if (plan.page === 'walk') {
    const atMost = Math.max(SAMPLE, rows * (SAMPLE / SOME));
    const found = await page(walked(filter, atMost));
    if (found.length === rows || plan.total !== undefined) return found;
    const [end] = await db.query<{ is_all: boolean }>(
      `SELECT ${areAll(filter, atMost)} AS is_all`,
      filter.restParams,
    );
    if (end?.is_all) return found;
  }
  return page(`agentops.sessions WHERE ${filter.where}`);
}

/**
 * How many match, up to one more than are counted; a walk ends as that of a page does. Without words they are counted from
 * the newest: the index alone often answers, or pages that are in memory. What the index of words finds is in no order.
 */
async function countOf(db: Reads, filter: Filter, way: Way): Promise<number> {
  const most = MOST_COUNTED + 1;
  if (way === 'walk') {
    const { found, isAll } = await walk(db, filter, most * (SAMPLE / MANY), most);
    if (isAll || found === most) return found;
  }
  const order = filter.words === '' ? LIST_ORDER : '';
  const [row] = await db.query<{ total: string }>(
    `SELECT count(*) AS total FROM (
       SELECT FROM agentops.sessions WHERE ${filter.where} ${order} LIMIT ${most}
     ) AS counted`,
    filter.params,
  );
  return Number(row?.total);
}
