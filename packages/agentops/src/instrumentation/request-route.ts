/** A word of a route: ids have digits, hyphens or capitals, or are longer than words are. */
const WORD = /^[a-z]{1,15}(_[a-z]{1,15})*$/;
const LONGEST_NAME = 32;

/** Collections whose members have names of their own that look like words (`/models/davinci`). */
const NAMED_MEMBERS = new Set(['models', 'deployments']);

const ID = '{id}';

/**
 * The route of a request as a metric or a span can be named by it: ids are replaced, query and host left out.
 * `/files/file-8Zk2/content?x=1` is `/files/{id}/content`.
 */
export function routeOf(path: string): string {
  const { pathname } = new URL(path, 'http://host');
  const segments = pathname.split('/');
  return segments.map((segment, index) => nameOf(segment, segments[index - 1])).join('/');
}

function nameOf(segment: string, before: string | undefined): string {
  if (segment === '' || /^v\d{1,2}$/.test(segment)) return segment;
  const isWord = WORD.test(segment) && segment.length <= LONGEST_NAME;
  return isWord && !NAMED_MEMBERS.has(before ?? '') ? segment : ID;
}
