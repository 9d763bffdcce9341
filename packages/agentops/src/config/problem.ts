import { inspect } from 'node:util';
import leven from 'leven';
import type { z } from 'zod';
import { EXPORTERS } from './schema/exporters.ts';
import { kindOf } from './schema/traits.ts';
import { groupFor, membersOf, optionsIn, schemaWithin, toSnakeCase } from './schema/walk.ts';
import { initOptionsSchema } from './schema.ts';
import { HIDDEN, isPlainObject, isSecret, masked, withoutSecrets } from './secrets.ts';
import type { Path, Source } from './source.ts';

/** A value that cannot be used: where it stands, where it comes from, and what is accepted there. */
export interface Problem {
  readonly path: Path;
  readonly source: Source;
  readonly reason: string;
  /** As it may be shown; undefined where there is no value to show. */
  readonly shown?: string;
  /** The value alone is left out, also where it stands in an item of a list. */
  readonly isValueOnly?: true;
  /** There is no such key; it stands in the path as it was written. */
  readonly isUnknown?: true;
}

/** What zod found in `values`, as problems. */
export function problemsIn(
  issues: readonly z.core.$ZodIssue[],
  values: unknown,
  sourceOf: (path: Path) => Source,
): Problem[] {
  return issues
    .flatMap((issue) => flatten(issue))
    .map((issue): Problem => {
      const path = issue.path as Path;
      const source = sourceOf(path);
      if (issue.code === 'unrecognized_keys') {
        const [key = ''] = issue.keys;
        const full = [...path, key];
        const above = valueAt(values, path);
        const schema = schemaAt(path, values);
        const group = schema && isObject(above) ? groupFor(schema, above) : undefined;
        return { path: full, source: sourceOf(full), reason: unknownKey(key, path, group, 'code') };
      }
      const value = valueAt(values, path);
      const inFile = source.kind === 'file' ? hintForFile(path, values) : '';
      return { path, source, shown: show(value, path), reason: `${issue.message}${inFile}` };
    });
}

/** One issue for each unknown key; of a union, the issues of the branch that was meant. */
function flatten(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => ({ ...issue, keys: [key] }));
  if (issue.code !== 'invalid_union') return [issue];
  const { input } = issue;
  const meant = isPlainObject(input)
    ? issue.errors
        .filter((branch) => branch.every((inner) => isWithin(inner, input)))
        .sort((a, b) => a.length - b.length)[0]
    : undefined;
  if (meant === undefined || meant.length === 0) return [issue];
  return meant.flatMap((inner) => flatten({ ...inner, path: [...issue.path, ...inner.path] }));
}

/** True for what is wrong with a key of `input`: then the branch was meant, and the rest of it is right. */
function isWithin({ path: [key], code }: z.core.$ZodIssue, input: object): boolean {
  if (key === undefined) return code === 'unrecognized_keys';
  return key in input || key === 'type';
}

/** Text for a path, as it stands in code or, with what is around it, in the file. */
export function describePath(path: Path, source: Source, isUnknown = false): string {
  if (source.kind !== 'file') return path.join('.');
  const spelt = path.map((key, index) =>
    typeof key === 'number' || (isUnknown && index === path.length - 1) ? key : toSnakeCase(key),
  );
  return ['telemetry', ...spelt].join('.');
}

/** `value` as a message may show it. */
export function show(value: unknown, path: Path): string {
  if (isSecret(path)) return HIDDEN;
  return withoutSecrets(inspect(masked(value, path), { depth: 0, maxStringLength: 80 }));
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

export function valueAt(values: unknown, path: Path): unknown {
  let value = values;
  for (const key of path) {
    value = isObject(value) ? Reflect.get(value, key) : undefined;
  }
  return value;
}

/** What to do instead, where a file cannot say what only code can. */
function hintForFile(path: Path, values: unknown): string {
  const members = membersOf(schemaAt(path, values) ?? initOptionsSchema);
  if (!members.some((member) => kindOf(member) === 'code')) return '';
  if (path.at(-1) === 'exporter' || path[0] !== 'exporters') {
    return members.length > 1
      ? '; in a file, name a module: { module: ./x.js }'
      : '; it can be set in code only';
  }
  return '; in a file, { type: custom, exporter: { module: ./x.js } }';
}

function schemaAt(path: Path, values: unknown): z.ZodType | undefined {
  let schema: z.ZodType | undefined = initOptionsSchema;
  let value = values;
  for (const key of path) {
    if (schema === undefined || !isObject(value)) return undefined;
    schema = schemaWithin(schema, value, key);
    value = Reflect.get(value, key);
  }
  return schema;
}

/** Says that `key` is no option of `group`, and what was probably meant. */
export function unknownKey(
  key: string,
  above: Path,
  group: z.ZodObject | undefined,
  spelling: 'code' | 'file',
): string {
  const spelt = spelling === 'file' ? toSnakeCase : (name: string) => name;
  const inList = above.some((part) => typeof part === 'number');
  const siblings = Object.keys(group?.shape ?? {}).map((name) => ({
    key: name,
    path: [...(inList ? [] : above), name].map(String),
  }));
  const everything = [initOptionsSchema, ...Object.values(EXPORTERS)].flatMap((schema) =>
    optionsIn(schema).map(({ path }) => ({ key: path.at(-1) ?? '', path })),
  );
  const nearest = nearestOf(key, siblings) ?? nearestOf(key, everything);
  const hint =
    nearest === undefined
      ? `accepted: ${siblings.map((option) => spelt(option.key)).join(', ')}`
      : `did you mean "${nearest.path.map(spelt).join('.')}"?`;
  return `unknown option; ${hint}`;
}

/**
 * The one whose key is spelt most like `key`, where one is near enough to have been meant.
 *
 * @param most How many letters may differ; default a third of the key's.
 */
export function nearestOf<T extends { readonly key: string }>(
  key: string,
  options: readonly T[],
  most = Number.POSITIVE_INFINITY,
): T | undefined {
  const plain = (name: string) => name.toLowerCase().replaceAll('_', '');
  const given = plain(key);
  return options
    .map((option) => ({ option, distance: distanceTo(plain(option.key), given) }))
    .filter(
      ({ option, distance }) => distance <= Math.min(most, Math.max(1, Math.floor(option.key.length / 3))),
    )
    .sort((a, b) => a.distance - b.distance)[0]?.option;
}

/** How far `given` is from `name`. The beginning of a name is nearer to it than another name of like letters. */
function distanceTo(name: string, given: string): number {
  return given.length >= SHORTEST_BEGINNING && name.startsWith(given) ? 0.5 : leven(given, name);
}

const SHORTEST_BEGINNING = 4;
