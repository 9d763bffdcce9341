import type { SessionListQuery } from '../documents.ts';
import { parseTime } from '../time.ts';
import type { Cursor } from './cursor.ts';

/** What an index keeps of a text, and a name; see the migration that makes the indexes. */
const KEY_LENGTH = 200;
const NAME_LENGTH = 1000;
/** Shorter texts have no trigram, and are searched for in every name. */
const TRIGRAM_LENGTH = 3;

/** What indexes demand of a session, and every one that is there for others to see meets. */
const IS_KNOWN = 'start_time > 0';

/** The conditions of a list, in SQL. */
export interface Filter {
  /** All conditions but those on words, and their parameters. */
  rest: string;
  restParams: readonly unknown[];
  /** The conditions on words as a walk checks them; empty where there are none. */
  words: string;
  /** All conditions, in words that indexes know. */
  where: string;
  params: readonly unknown[];
}

/** How sessions with words are found: by a walk through the list, newest first, or by the index of words. */
export type Way = 'walk' | 'index';

/** The conditions of a query, and of being behind `after`, always within one project. */
export function filterOf(projectId: string, query: SessionListQuery, after?: Cursor): Filter {
  const params: unknown[] = [];
  const rest: string[] = [];
  const add = (condition: (parameter: string) => string, value: unknown) => {
    if (value !== undefined) rest.push(condition(`$${params.push(value)}`));
  };
  add((p) => `project_id = ${p} AND ${IS_KNOWN}`, projectId);
  add((p) => `start_time >= ${p}::bigint`, timeOf(query.from, 'from'));
  add((p) => `start_time < ${p}::bigint`, timeOf(query.to, 'to'));
  if (query.state === 'running') rest.push('end_state IS NULL');
  else add((p) => `end_state = ${p}`, query.state);
  if (query.errors !== undefined) rest.push(query.errors ? 'errors > 0' : 'errors = 0');
  add((p) => isText(p, 'service_name'), query.service);
  add((p) => isText(p, 'user_id'), query.user);
  if (after) {
    const [time, id] = [params.push(after.start_time), params.push(after.session_id)];
    rest.push(`(start_time, session_id) < ($${time}::bigint, $${id}::text)`);
  }
  const restParams = [...params];

  const words: Record<Way, string[]> = { walk: [], index: [] };
  const addWord = (condition: (parameter: string, way: Way) => string, value: string | undefined) => {
    if (value === undefined) return;
    const parameter = `$${params.push(value)}`;
    for (const way of ['walk', 'index'] as const) words[way].push(condition(parameter, way));
  };
  const nameWay = (way: Way): Way => ([...(query.q ?? '')].length < TRIGRAM_LENGTH ? 'walk' : way);
  addWord((p, way) => `(${nameHas(p, nameWay(way))} OR starts_with(session_id, lower(${p}::text)))`, query.q);
  addWord((p, way) => isAmong(p, 'tags', way), query.tag);
  addWord((p, way) => isAmong(p, 'models', way), query.model);
  return {
    rest: rest.join(' AND '),
    restParams,
    words: words.walk.join(' AND '),
    where: [...rest, ...words.index].join(' AND '),
    params,
  };
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
