import { inspect } from 'node:util';
import type { z } from 'zod';
import { nearestOf } from './nearest.ts';
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
      const isMissing = valueAt(values, path) === undefined && typeof path.at(-1) === 'string';
      // What is missing has no place of its own.
      const source = sourceOf(isMissing ? path.slice(0, -1) : path);
      if (issue.code === 'unrecognized_keys') {
        const [key = ''] = issue.keys;
        const full = [...path, key];
        const above = valueAt(values, path);
        const schema = schemaAt(path, values);
        const group = schema && isObject(above) ? groupFor(schema, above) : undefined;
        return { path: full, source: sourceOf(full), reason: unknownKey(key, path, group, 'code') };
      }
      const value = valueAt(values, path);
      const inFile =
        source.kind === 'file' && !/\bmodule\b/.test(issue.message) ? hintForFile(path, values) : '';
      if (isMissing) {
        const key = String(path.at(-1));
        const spelt = source.kind === 'file' ? toSnakeCase(key) : key;
        return { path, source, reason: `${spelt} is required: ${issue.message}${inFile}` };
      }
      const message = source.kind === 'file' ? issue.message.replace(KEYS, toSnakeCase) : issue.message;
      return { path, source, shown: show(value, path), reason: `${message}${inFile}` };
    });
}

/** The keys of options that a message lists. */
const KEYS = /(?<=options \()[^)]*(?=\))/;

/** What is wrong with a value that stands for itself, such as that of a variable. */
export function reasonsIn({ issues }: z.ZodError, value: unknown): string {
  return issues
    .flatMap((issue) => flatten(issue))
    .map(({ path, message }) =>
      path.length === 0 ? message : `${show(valueAt(value, path as Path), path as Path)}: ${message}`,
    )
    .join('; ');
}

/** One issue for each unknown key; of a union, the issues of the branch that was meant. */
function flatten(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => ({ ...issue, keys: [key] }));
  if (issue.code !== 'invalid_union') return [issue];
  const { input } = issue;
  const meant =
    isPlainObject(input) || Array.isArray(input)
      ? issue.errors
          .filter((branch) => branch.every((inner) => isWithin(inner, input)))
          .sort((a, b) => a.length - b.length)[0]
      : undefined;
  if (meant === undefined || meant.length === 0) return [issue];
  return meant.flatMap((inner) => flatten({ ...inner, path: [...issue.path, ...inner.path] }));
}

/**
 * True for what is wrong with a key of `input`: then the branch was meant, and the rest of it is right. A key may be
 * missing where a type says which branch it is.
 */
function isWithin({ path: [key], code }: z.core.$ZodIssue, input: object): boolean {
  if (key === undefined) return code === 'unrecognized_keys';
  return key in input || key === 'type' || ('type' in input && String(input.type) in EXPORTERS);
}

/** True for the short form of the default exporter's endpoint where it has no value to show: its variable is not set. */
export function isWithoutEndpoint({ path, source, shown }: Problem): boolean {
  return path.length === 1 && path[0] === 'endpoint' && source.kind === 'file' && shown === undefined;
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
  return withoutSecrets(
    inspect(masked(value, path), { depth: 0, breakLength: Number.POSITIVE_INFINITY, maxStringLength: 80 }),
  );
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

/** What is accepted at `path` of options. */
export function schemaAt(path: Path, values: unknown): z.ZodType | undefined {
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
  // What stands in an item of a list could not stand anywhere else instead.
  const nearest = nearestOf(key, siblings) ?? (inList ? undefined : nearestOf(key, everything));
  const hint =
    nearest === undefined
      ? `accepted: ${siblings.map((option) => spelt(option.key)).join(', ')}`
      : `did you mean "${nearest.path.map(spelt).join('.')}"?`;
  return `unknown option; ${hint}`;
}
