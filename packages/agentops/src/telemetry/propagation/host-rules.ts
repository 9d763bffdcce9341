import { compileGlobs } from '../../glob.ts';

/** A program talks to a few hosts again and again; one that crawls must not fill the memory. */
const REMEMBERED_HOSTS = 256;

/** Says of a host, in lower case and without port, whether one of `patterns` names it; remembers what it has said. */
export function compileHostRule(patterns: readonly string[]): (host: string) => boolean {
  const matches = compileGlobs(patterns.map((pattern) => pattern.toLowerCase()));
  const known = new Map<string, boolean>();
  return (host) => {
    const before = known.get(host);
    if (before !== undefined) return before;
    if (known.size === REMEMBERED_HOSTS) known.clear();
    const is = matches(host);
    known.set(host, is);
    return is;
  };
}
