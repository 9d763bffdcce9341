import { z } from 'zod';
import { isAddress } from './destinations.ts';
import { PLAIN_WORDS } from './plain-words.ts';
import { type Problem, problemsIn, valueAt } from './problem.ts';
import { isModule, membersOf, optionsIn } from './schema/walk.ts';
import { type CheckedOptions, initOptionsSchema } from './schema.ts';
import { isGroup, isPlainObject } from './secrets.ts';
import { type Path, Sources } from './source.ts';

/** What one source of configuration says, or several together: options as `InitOptions` has them. */
export interface Layer {
  readonly values: Readonly<Record<string, unknown>>;
  readonly sources: Sources;
}

/** A layer whose values the schema has taken, and what had to be left out for that. */
export interface CheckedLayer {
  readonly values: CheckedOptions;
  readonly sources: Sources;
  readonly problems: readonly Problem[];
}

/** Takes what is right of a layer. In a list, an item goes as a whole: half an exporter is another exporter. */
export function checked({ values, sources }: Layer): CheckedLayer {
  const problems: Problem[] = [];
  let rest: unknown = withoutUndefined(values);
  for (;;) {
    const result = initOptionsSchema.safeParse(rest, PLAIN_WORDS);
    if (result.success) return { values: result.data, sources, problems };
    const found = problemsIn(result.error.issues, rest, (path) => sources.of(path));
    problems.push(...found.map((problem) => ({ ...problem, path: sources.asWritten(problem.path) })));
    const paths = found.map(({ path }) => existing(rest, path));
    for (const path of pruning(paths, rest)) rest = without(rest, path, sources);
  }
}

/** What there is of `path`: where a key is missing, it is what lacks it that has to go. */
function existing(tree: unknown, path: Path): Path {
  return path.length === 0 || valueAt(tree, path) !== undefined ? path : existing(tree, path.slice(0, -1));
}

/**
 * What to take out, items of lists from the last to the first. A list of texts of which none is right goes itself: an
 * empty one would mean something else.
 */
function pruning(paths: readonly Path[], tree: unknown): Path[] {
  const cut = paths.map((path) => {
    const item = path.findIndex((key) => typeof key === 'number');
    if (item !== -1) return path.slice(0, item + 1);
    return isAddress(path) ? path.slice(0, -1) : path;
  });
  const whole = unique(cut).map((path, _, all) => {
    const list = path.slice(0, -1);
    const items = valueAt(tree, list);
    const isEmptied =
      Array.isArray(items) &&
      items.every(
        (item, index) => typeof item === 'string' && all.some((other) => isSame(other, [...list, index])),
      );
    return isEmptied && list[0] !== 'exporters' && list[0] !== 'processors' ? list : path;
  });
  return unique(whole).sort((a, b) => Number(b.at(-1)) - Number(a.at(-1)) || 0);
}

function unique(paths: readonly Path[]): Path[] {
  return [...new Map(paths.map((path) => [path.join('\0'), path])).values()];
}

function isSame(a: Path, b: Path): boolean {
  return a.join('\0') === b.join('\0');
}

function without(tree: unknown, [key, ...below]: Path, sources: Sources, above: Path = []): unknown {
  if (key === undefined) return {};
  if (typeof tree !== 'object' || tree === null) return tree;
  if (Array.isArray(tree) && typeof key === 'number' && below.length === 0) {
    sources.removeItem(above, key);
    return tree.toSpliced(key, 1);
  }
  const { [key]: inner, ...others } = tree as Record<string, unknown>;
  if (below.length === 0) {
    sources.set([...above, key], { kind: 'default' });
    return others;
  }
  return { ...others, [key]: without(inner, below, sources, [...above, key]) };
}

/** Options that are settled key by key; all others are replaced whole by a higher source. */
const GROUPS: ReadonlySet<string> = new Set(
  optionsIn(initOptionsSchema)
    .filter(({ schema }) =>
      membersOf(schema).some(
        (member) => member instanceof z.ZodRecord || (member instanceof z.ZodObject && !isModule(member)),
      ),
    )
    .map(({ path }) => path.join('.')),
);

/** What holds where `high` is laid over `low`. */
export function overlay(low: Layer, high: Layer): Layer {
  const sources = new Sources();
  sources.copy(low.sources, []);
  const merge = (below: unknown, above: unknown, path: Path): unknown => {
    if (above === undefined) return below;
    if (path.length === 0 || GROUPS.has(path.join('.'))) {
      if (isPlainObject(below) && isPlainObject(above)) {
        const keys = new Set([...Object.keys(below), ...Object.keys(above)]);
        return Object.fromEntries(
          [...keys].map((key) => [key, merge(below[key], above[key], [...path, key])]),
        );
      }
      // Switched on is what has options already.
      if (above === true && isPlainObject(below)) return below;
    }
    sources.copy(high.sources, path);
    return above;
  };
  return { values: merge(low.values, high.values, []) as Layer['values'], sources };
}

/** JavaScript callers pass `{ apiKey: process.env.KEY }`, which must not hide a lower source. */
function withoutUndefined(options: unknown): unknown {
  if (!isPlainObject(options)) return options;
  const entries = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries.map(([key, value]) => [key, within(value)]));
}

function within(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(within);
  return isGroup(value) ? withoutUndefined(value) : value;
}
