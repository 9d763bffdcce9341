import { readFileSync } from 'node:fs';
import { parseKeyPairsIntoRecord } from '@opentelemetry/core';
import { z } from 'zod';
import type { Layer } from './layers.ts';
import { closest, nearestOf } from './nearest.ts';
import { PLAIN_WORDS } from './plain-words.ts';
import { type Problem, reasonsIn } from './problem.ts';
import { EXPORTERS } from './schema/exporters.ts';
import { modelPrice, pricesIn } from './schema/prices.ts';
import { kindOf } from './schema/traits.ts';
import { membersOf, optionsIn, toSnakeCase } from './schema/walk.ts';
import { initOptionsSchema } from './schema.ts';
import { HIDDEN, isSecret, withoutSecrets } from './secrets.ts';
import { type Source, Sources } from './source.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** One environment variable: the option it sets, and how its text becomes a value. */
export interface Variable {
  readonly name: string;
  /** Path of the option, in `InitOptions` or in the options of an exporter. */
  readonly path: readonly string[];
  /** What the option accepts; the text is taken as whatever of it fits. */
  readonly schema: z.ZodType;
  /** For texts that mean something else than they say. Undefined where the text is not understood. */
  readonly parse?: (text: string) => unknown;
  /** What `parse` understands. */
  readonly accepted?: string;
}

/** Where the rule would make a worse name. */
const SHORTER: Readonly<Record<string, string>> = {
  'content.capture': 'AGENTOPS_CAPTURE_CONTENT',
  'content.redact': 'AGENTOPS_REDACT',
  'logs.level': 'AGENTOPS_LOG_LEVEL',
  'logs.format': 'AGENTOPS_LOG_FORMAT',
  'spool.directory': 'AGENTOPS_SPOOL_DIR',
  'instrumentations.streamUsage': 'AGENTOPS_STREAM_USAGE',
  configFile: 'AGENTOPS_CONFIG',
};

/** Exporters that a name alone can mean. */
const NAMEABLE = Object.keys(EXPORTERS).filter((type) => type !== 'custom');

/** Every option that a text can set, by its path: `batch.size` is `AGENTOPS_BATCH_SIZE`. */
export const VARIABLES: readonly Variable[] = [
  ...optionsIn(initOptionsSchema)
    .filter(({ schema }) => isTextual(schema))
    .map(({ path, schema }) => ({ name: SHORTER[path.join('.')] ?? nameOf(path), path, schema })),
  {
    name: 'AGENTOPS_EXPORTERS',
    path: ['exporters'],
    schema: z.array(z.object({ type: z.enum(NAMEABLE) })),
    parse: (text) => (text === 'none' ? [] : listOf(text).map((type) => ({ type }))),
    accepted: `a list of ${NAMEABLE.join(', ')}, or none`,
  },
  {
    name: 'AGENTOPS_PRICES',
    path: ['prices'],
    schema: z.array(modelPrice),
    parse: (text) => pricesIn(listOf(text)),
    accepted: 'a list of model=input/output, in USD for a million tokens',
  },
];

/** What exporters of a type are given that name no destination of their own: `AGENTOPS_OTLP_TOKEN`. */
export function exporterVariables(type: string): Variable[] {
  const shared = ['type', 'name', 'batch', 'retry', 'format'];
  const own = type === 'agentops' ? [] : [type];
  return optionsIn(EXPORTERS[type] ?? z.object({}))
    .filter(({ path, schema }) => !shared.includes(path[0] ?? '') && isTextual(schema))
    .map(({ path, schema }) => ({ name: nameOf([...own, ...path]), path, schema }));
}

/** What the variables that are set say, and which of them cannot be used. Earlier ones win over later ones. */
export function readVariables(
  variables: readonly Variable[],
  env: Environment,
): Layer & { readonly problems: readonly Problem[] } {
  const values: Record<string, unknown> = {};
  const sources = new Sources();
  const problems: Problem[] = [];
  for (const variable of variables) {
    const { name, path } = variable;
    const given = textOf(name, env, isSecret(path) || path.at(-1) === 'url');
    if (given === undefined) continue;
    const source: Source = { kind: 'environment', name, ...given.from };
    if (given.text === undefined) {
      problems.push({ path, source, reason: given.problem });
      continue;
    }
    const result = understand(variable, given.text);
    if ('reason' in result) {
      const shown = isSecret(path) ? HIDDEN : withoutSecrets(JSON.stringify(given.text));
      problems.push({ path, source, shown, reason: result.reason });
    } else if (put(values, path, result.value)) sources.set(path, source);
  }
  return { values, sources, problems };
}

/** A warning for each variable of ours that is none, where it looks like a misspelt one. */
export function misspelt(env: Environment): Problem[] {
  const known = [...VARIABLES, ...Object.keys(EXPORTERS).flatMap(exporterVariables)].map(({ name }) => ({
    key: name,
  }));
  const names = new Set(known.flatMap(({ key }) => [key, `${key}_FILE`]));
  return Object.keys(env).flatMap((name) => {
    if (!name.startsWith('AGENTOPS_') || names.has(name)) return [];
    const source: Source = { kind: 'environment', name };
    const close = nearestOf(
      name.slice('AGENTOPS_'.length),
      known.map(({ key }) => ({ key: key.slice('AGENTOPS_'.length) })),
      2,
    );
    if (close === undefined) return [];
    return [{ path: [name], source, reason: `unknown variable; did you mean "AGENTOPS_${close.key}"?` }];
  });
}

/** The text of a variable, or for secrets of the file that `NAME_FILE` names. Empty counts as not set. */
export function textOf(
  name: string,
  env: Environment,
  secret: boolean,
):
  | { readonly text: string; readonly from?: { readonly name: string; readonly file: string } }
  | { readonly text: undefined; readonly problem: string; readonly from: { readonly name: string } }
  | undefined {
  const text = env[name];
  if (text !== undefined && text !== '') return { text };
  const file = env[`${name}_FILE`];
  if (!secret || file === undefined || file === '') return undefined;
  const from = { name: `${name}_FILE`, file };
  try {
    const written = readFileSync(file, 'utf8');
    // A password may have blanks at its ends; nothing else that is secret has.
    const content = name.endsWith('PASSWORD') ? written.replace(/[\r\n]+$/, '') : written.trim();
    return content === ''
      ? { text: undefined, problem: `the file ${file} is empty`, from }
      : { text: content, from };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { text: undefined, problem: `the file cannot be read: ${why}`, from };
  }
}

function understand(
  { schema, parse, accepted }: Variable,
  text: string,
): { value: unknown } | { reason: string } {
  if (parse === undefined) return fitting(schema, text);
  const value = parse(text);
  const result = schema.safeParse(value, PLAIN_WORDS);
  if (value !== undefined && result.success) return { value };
  if (accepted === undefined) return { reason: reasonOf(result.error, value) };
  const names = accepted.split(/[^\w]+/);
  const near = text
    .split(',')
    .map((item) => (names.includes(item.trim()) ? '' : closest(item.trim(), names)));
  return { reason: `expected ${accepted}${near.find((hint) => hint !== '') ?? ''}` };
}

/** The first of what `text` may mean that the schema accepts: a text has no types of its own. */
export function fitting(schema: z.ZodType, text: string): { value: unknown } | { reason: string } {
  for (const meaning of meaningsOf(text)) {
    const result = schema.safeParse(meaning, PLAIN_WORDS);
    if (result.success) return { value: result.data };
  }
  const numeric = membersOf(schema).some((member) => member instanceof z.ZodNumber);
  const list = membersOf(schema).some((member) => member instanceof z.ZodArray);
  const meant = numeric && isNumber(text) ? Number(text) : list ? listOf(text) : text;
  return { reason: reasonOf(schema.safeParse(meant, PLAIN_WORDS).error, meant) };
}

function* meaningsOf(text: string): Generator<unknown> {
  yield text;
  const lower = text.toLowerCase();
  if (lower === 'true' || text === '1') yield true;
  if (lower === 'false' || text === '0') yield false;
  if (isNumber(text)) yield Number(text);
  yield listOf(text);
  if (text.includes('=')) yield parseKeyPairsIntoRecord(text);
}

function isNumber(text: string): boolean {
  return text.trim() !== '' && Number.isFinite(Number(text));
}

/** The items of a text with commas between. */
export function listOf(text: string): string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function reasonOf(error: z.ZodError | undefined, value: unknown): string {
  return error === undefined ? 'not understood' : reasonsIn(error, value);
}

function nameOf(path: readonly string[]): string {
  return `AGENTOPS_${path.map((key) => toSnakeCase(key).toUpperCase()).join('_')}`;
}

/** True where a text can be, or mean, a value of the option. */
function isTextual(schema: z.ZodType): boolean {
  return membersOf(schema).some((member) => {
    if (member instanceof z.ZodArray) return membersOf(member.element as z.ZodType).some(isScalar);
    return isScalar(member) || member instanceof z.ZodRecord;
  });
}

/** True for one value that a text can be, or mean. */
export function isScalar(schema: z.ZodType): boolean {
  return (
    ['duration', 'bytes'].includes(kindOf(schema) ?? '') ||
    schema instanceof z.ZodString ||
    schema instanceof z.ZodStringFormat ||
    schema instanceof z.ZodNumber ||
    schema instanceof z.ZodBoolean ||
    schema instanceof z.ZodEnum ||
    schema instanceof z.ZodLiteral
  );
}

/** False where an earlier variable has spoken: for the option, or for the group it is in. */
function put(
  values: Record<string, unknown>,
  [key = '', ...below]: readonly string[],
  value: unknown,
): boolean {
  const inner = values[key];
  if (below.length === 0) {
    if (inner !== undefined) return false;
    values[key] = value;
    return true;
  }
  if (inner === undefined) values[key] = {};
  // A group that is switched on has room for options.
  else if (inner === true) values[key] = {};
  else if (typeof inner !== 'object') return false;
  return put(values[key] as Record<string, unknown>, below, value);
}
