import type { z } from 'zod';
import type { AgentOpsError } from '../errors.ts';
import type { Config } from './config.ts';
import type { Environment } from './environment.ts';
import { NOT_IN_FILE } from './file.ts';
import type { Gathered } from './gather.ts';
import { resolveConfig } from './resolve.ts';
import { kindOf } from './schema/traits.ts';
import { groupFor, membersOf, schemaWithin, toSnakeCase } from './schema/walk.ts';
import { initOptionsSchema } from './schema.ts';
import { isPlainObject, masked } from './secrets.ts';
import { describeSource, type Path, type Sources } from './source.ts';
import { withUsableDestinations } from './usable.ts';
import { inUnits, quoted } from './written.ts';

export interface ExplainOptions {
  /** Where the environment and, unless `configFile` names it, the file are looked for. Default: the process's. */
  readonly env?: Environment;
  readonly cwd?: string;
  /** The YAML file. */
  readonly configFile?: string;
}

/** One option in force. */
export interface ConfigEntry {
  /** As in the file, such as `batch.max_bytes`, `exporters.0.endpoint`. */
  readonly path: string;
  /** Secrets are masked. */
  readonly value: unknown;
  /** `AGENTOPS_BATCH_SIZE`, `agentops.yaml:4:11` or `default`. */
  readonly source: string;
}

/** One line of the configuration in the file's own shape. */
export interface ConfigLine {
  readonly text: string;
  /** Of the value; lines that only hold others have none. */
  readonly source?: string;
}

export interface ExplainedConfig {
  /** The file that was read. */
  readonly file?: string;
  readonly entries: readonly ConfigEntry[];
  readonly lines: readonly ConfigLine[];
  /** What could not be used. */
  readonly warnings: readonly AgentOpsError[];
}

/**
 * The configuration that `init()` would work with here, with the source of each value, secrets masked. Starts nothing;
 * what it names is checked as `init` does: modules are loaded, certificates are read.
 *
 * @throws {AgentOpsError} `invalid_config` where `configFile` cannot be read, or with `strict` on, anything is wrong.
 */
export function explainConfig({
  env = process.env,
  cwd = process.cwd(),
  configFile,
}: ExplainOptions = {}): ExplainedConfig {
  const code = configFile === undefined ? {} : { configFile };
  const { config, warnings, gathered } = withUsableDestinations(resolveConfig(code, env, { cwd }));
  const { options, sources, file } = gathered;
  const writer = new Writer(sources, cwd);
  const { configFile: _, ...shown } = config.disabled ? options : inForce(gathered, config);
  writer.group(shown, initOptionsSchema, []);
  return { ...(file !== undefined && { file }), entries: writer.entries, lines: writer.lines, warnings };
}

/** Without the exporters that `init` would have to leave out. */
function inForce({ options, sources }: Gathered, config: Config): Gathered['options'] {
  const exporters = options.exporters as readonly { readonly name: string }[];
  const isOff = exporters.map(({ name }) => config.exporters.every((exporter) => exporter.name !== name));
  for (let index = exporters.length - 1; index >= 0; index -= 1) {
    if (isOff[index]) sources.removeItem(['exporters'], index);
  }
  return { ...options, exporters: exporters.filter((_, index) => !isOff[index]) };
}

class Writer {
  readonly entries: ConfigEntry[] = [];
  readonly lines: ConfigLine[] = [{ text: 'telemetry:' }];
  readonly #sources: Sources;
  readonly #cwd: string;

  constructor(sources: Sources, cwd: string) {
    this.#sources = sources;
    this.#cwd = cwd;
  }

  /** @param first What the first line begins with, instead of its indentation: the dash of a list. */
  group(
    values: Readonly<Record<string, unknown>>,
    schema: z.ZodType | undefined,
    path: Path,
    indent = '  ',
    first = indent,
  ): void {
    const options = schema && groupFor(schema, values);
    let lead = first;
    for (const key of inOrder(values, options)) {
      const value = values[key];
      if (value === undefined || (path.length === 0 && NOT_IN_FILE.includes(key))) continue;
      const inner = schema && schemaWithin(schema, values, key);
      if (isCodeOnly(inner) && Array.isArray(value) && value.length === 0) continue;
      const name = options === undefined ? quoted(key) : toSnakeCase(key);
      this.#option(`${lead}${name}:`, value, inner, [...path, key], indent);
      lead = indent;
    }
  }

  #option(start: string, value: unknown, schema: z.ZodType | undefined, path: Path, indent: string): void {
    if (isPlainObject(value) && Object.keys(value).length > 0) {
      this.lines.push({ text: start });
      this.group(value, schema, path, `${indent}  `);
    } else if (Array.isArray(value) && value.some(isPlainObject)) {
      this.lines.push({ text: start });
      for (const [index, item] of value.entries()) {
        const inner = schema && schemaWithin(schema, value, 0);
        if (isPlainObject(item)) this.group(item, inner, [...path, index], `${indent}    `, `${indent}  - `);
        else this.#leaf(`${indent}  -`, item, inner, [...path, index]);
      }
    } else this.#leaf(start, value, schema, path);
  }

  #leaf(start: string, value: unknown, schema: z.ZodType | undefined, path: Path): void {
    const shown = masked(value, path);
    const source = describeSource(this.#sources.of(path), this.#cwd);
    this.entries.push({
      path: path.map((key) => (typeof key === 'string' ? toSnakeCase(key) : key)).join('.'),
      value: shown,
      source,
    });
    this.lines.push({ text: `${start} ${inUnits(shown, schema)}`, source });
  }
}

function isCodeOnly(schema: z.ZodType | undefined): boolean {
  return schema !== undefined && membersOf(schema).every((member) => kindOf(member) === 'code');
}

/** The schema's order first: the same whatever source came first. */
function inOrder(values: object, options: z.ZodObject | undefined): string[] {
  const known = Object.keys(options?.shape ?? {}).filter((key) => key in values);
  const leading = ['type', 'name'].filter((key) => known.includes(key));
  return [...new Set([...leading, ...known, ...Object.keys(values)])];
}
