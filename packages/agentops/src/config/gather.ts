import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Attributes } from '@opentelemetry/api';
import { AgentOpsError } from '../errors.ts';
import { ATTR_SERVICE_NAME } from '../semconv/attributes.ts';
import { type Conflict, conflictIn, overLimits, withinLimits } from './checks.ts';
import { DEFAULTS, KEEP } from './defaults.ts';
import { Destinations, named } from './destinations.ts';
import { type Environment, misspelt, readVariables, VARIABLES } from './environment.ts';
import { DEFAULT_FILE, type FileLayer, readFile } from './file.ts';
import { type CheckedLayer, checked, type Layer, overlay } from './layers.ts';
import { otelVariables } from './otel-environment.ts';
import { describePath, type Problem, show, valueAt } from './problem.ts';
import type { CheckedOptions } from './schema.ts';
import { describeSource, type Path, type Source, Sources } from './source.ts';
import { defaultSpoolDirectory } from './spool-directory.ts';

type Options = Readonly<Record<string, unknown>>;

/** Where options are looked for, besides in code. */
export interface Surroundings {
  readonly env: Environment;
  /** Default: the process's. */
  readonly cwd?: string;
}

/** The options in force, before modules are loaded: every source laid over the lower ones, every default filled in. */
export interface Gathered {
  /** As `InitOptions` has them; durations in milliseconds, sizes in bytes, exporters each with name and endpoint. */
  readonly options: Options;
  /** Where each of them comes from. */
  readonly sources: Sources;
  /** What had to be left out. */
  readonly warnings: readonly AgentOpsError[];
  /** The file that was read, or was to be read. */
  readonly file?: string;
}

/**
 * Brings code, `AGENTOPS_*`, `OTEL_*`, file and defaults together, in this order of precedence. Groups are settled
 * key by key, lists are replaced whole.
 *
 * Wrong values in code throw; those in environment and file are left out and become warnings, because whoever deploys
 * a program is not its author. With `strict` they throw as well.
 *
 * @throws {AgentOpsError} `invalid_config`, naming everything that is wrong.
 */
export function gatherOptions(options: unknown, { env, cwd = process.cwd() }: Surroundings): Gathered {
  const code = fromCode(options);
  const ours = fromVariables(readVariables(VARIABLES, env), env);
  const standard = fromVariables(readVariables(otelVariables(env), env), env);
  const file = fromFile(code.values.configFile ?? ours.values.configFile, { env, cwd, code, ours });
  const problems: Problem[] = [
    ...misspelt(env),
    ...ours.problems,
    ...standard.problems,
    ...(file?.problems ?? []),
  ];

  const wantsOurs = [code.values, ours.values].some(
    (given) => given.exporters ?? given.endpoint ?? given.apiKey,
  );
  const layers: Layer[] = [
    ...(file === undefined ? [] : [file]),
    wantsOurs ? { ...standard, values: { ...standard.values, exporters: undefined } } : standard,
    ours,
    code,
  ];
  const given = layers.reduce(overlay, { values: {}, sources: new Sources() });
  const merged = overlay(DEFAULTS, given);
  const filled = new Filling(merged, env, cwd);
  filled.fill();
  problems.push(...filled.problems);
  if (filled.refusals.length > 0) throw invalidConfig(filled.refusals);
  failClosed(filled.values, merged.sources, problems);

  const warnings = unique(problems).map((problem) => warning(problem, filled.values, merged.sources));
  if (filled.values.strict === true && warnings.length > 0) throw strictly(warnings);
  return { options: filled.values, sources: merged.sources, warnings, ...(file && { file: file.file }) };
}

function fromCode(options: unknown): CheckedLayer {
  const sources = new Sources();
  sources.set([], { kind: 'code' });
  const layer = checked({ values: options as Options, sources });
  if (layer.problems.length > 0) throw invalidConfig(layer.problems);
  return layer;
}

function fromVariables(read: ReturnType<typeof readVariables>, env: Environment): CheckedLayer {
  const { exporters } = read.values;
  const destinations = new Destinations(env, read.sources);
  const values = Array.isArray(exporters)
    ? {
        ...read.values,
        exporters: exporters.map((item: Options, index) => destinations.named(item, ['exporters', index])),
      }
    : read.values;
  const layer = checked({ ...read, values });
  return { ...layer, problems: [...read.problems, ...layer.problems] };
}

interface FileContext {
  readonly env: Environment;
  readonly cwd: string;
  readonly code: CheckedLayer;
  readonly ours: CheckedLayer;
}

/** @param named By code or environment; `false` for none. */
function fromFile(
  named: string | false | undefined,
  { env, cwd, code, ours }: FileContext,
): (CheckedLayer & { readonly file: string }) | undefined {
  if (named === false) return undefined;
  const file = resolve(cwd, named ?? DEFAULT_FILE);
  if (named === undefined && !existsSync(file)) return undefined;
  try {
    const read: FileLayer = readFile(file, env);
    const layer = checked(read);
    return { ...layer, file, problems: [...read.problems, ...layer.problems] };
  } catch (error) {
    const path = ['configFile'];
    const { sources } = code.values.configFile === undefined ? ours : code;
    const source: Source =
      named === undefined ? { kind: 'file', file, line: 1, column: 1 } : sources.of(path);
    const reason = `cannot be read: ${error instanceof Error ? error.message : String(error)}`;
    const problem = { path, source, shown: show(named ?? file, path), reason, isValueOnly: true } as const;
    if (source.kind === 'code') throw invalidConfig([problem]);
    return { values: {}, sources: new Sources(), file, problems: [problem] };
  }
}

/** Fills in what the sources leave open, and takes out what cannot be used together. */
class Filling {
  values: Record<string, unknown>;
  readonly problems: Problem[] = [];
  /** What code alone is to blame for. */
  readonly refusals: Problem[] = [];
  readonly #sources: Sources;
  readonly #destinations: Destinations;
  readonly #env: Environment;
  readonly #cwd: string;

  constructor({ values, sources }: Layer, env: Environment, cwd: string) {
    this.values = { ...values };
    this.#sources = sources;
    this.#destinations = new Destinations(env, sources);
    this.#env = env;
    this.#cwd = cwd;
  }

  fill(): void {
    this.#serviceName();
    this.#exporters();
    this.#signals();
    const { spool, sampling } = this.values as { spool: CheckedOptions['spool']; sampling: Options };
    if (typeof spool === 'object') {
      const directory = resolve(this.#cwd, spool.directory ?? defaultSpoolDirectory(this.#env));
      this.values.spool = { ...spool, directory };
    }
    if (sampling.keep !== undefined) {
      this.values.sampling = { ...sampling, keep: { ...KEEP, ...(sampling.keep as Options) } };
    }
    for (const conflict of overLimits(this.values, [], this.#sources)) this.#report(conflict, 'all');
    for (const group of ['batch', 'retry'] as const) {
      const isDefault = (key: string) => this.#sources.of([group, key]).kind === 'default';
      this.values[group] = withinLimits(group, this.values[group] as Options, isDefault);
    }
    this.problems.push(...this.#destinations.problems);
  }

  #serviceName(): void {
    const path = ['resource', ATTR_SERVICE_NAME];
    const { [ATTR_SERVICE_NAME]: name } = (this.values.resource ?? {}) as Attributes;
    if (this.#sources.of(['serviceName']).kind !== 'default' || typeof name !== 'string' || name === '')
      return;
    this.values.serviceName = name;
    this.#sources.set(['serviceName'], this.#sources.of(path));
  }

  #exporters(): void {
    const list = this.values.exporters as readonly unknown[];
    const filled = list.map((item, index) =>
      this.#destinations.exporter(item, ['exporters', index], this.values),
    );
    const { exporters, problems } = named(filled, ['exporters'], this.#sources);
    const bad = new Set(problems.map(({ path }) => path[1]));
    for (const problem of problems) this.#report({ ...problem, involved: [problem.path] }, 'any');
    for (const [index, exporter] of exporters.entries()) {
      const path = ['exporters', index];
      for (const conflict of overLimits(exporter, path, this.#sources)) this.#report(conflict, 'all');
      const conflict = conflictIn(exporter, path, this.#sources);
      if (conflict === undefined) continue;
      this.#report(conflict, 'any');
      bad.add(index);
    }
    this.values.exporters = exporters.filter((_, index) => !bad.has(index));
    for (const index of [...bad].sort((a, b) => Number(b) - Number(a))) {
      this.#sources.removeItem(['exporters'], Number(index));
    }
  }

  #signals(): void {
    const metrics = this.values.metrics as Options | false;
    if (metrics !== false) {
      const prometheus = this.#destinations.prometheus(metrics.prometheus, ['metrics', 'prometheus']);
      this.values.metrics = { ...metrics, prometheus, otlp: this.#otlp(metrics.otlp, 'metrics') };
    }
    const logs = this.values.logs as Options;
    this.values.logs = { ...logs, otlp: this.#otlp(logs.otlp, 'logs') };
  }

  #otlp(options: unknown, group: 'metrics' | 'logs'): Options | false {
    const path = [group, 'otlp'];
    const filled = this.#destinations.otlp(options, path, group === 'metrics' ? 'METRICS' : 'LOGS');
    const conflict = filled === false ? undefined : conflictIn(filled, path, this.#sources);
    if (conflict === undefined) return filled;
    this.#report(conflict, 'any');
    return false;
  }

  /** @param blame Code is to blame where all of the values involved are its own, or any of them. */
  #report({ involved, ...problem }: Conflict, blame: 'all' | 'any'): void {
    const isCode = (path: Path) => this.#sources.of(path).kind === 'code';
    const isRefused = blame === 'all' ? involved.every(isCode) : involved.some(isCode);
    if (isRefused) this.refusals.push({ ...problem, source: { kind: 'code' } });
    else this.problems.push(problem);
  }
}

const RANK = { default: 0, file: 1, environment: 2, code: 3 };

/** A redaction that cannot be carried out must not let through what it was there for. */
function failClosed(values: Record<string, unknown>, sources: Sources, problems: readonly Problem[]): void {
  const inForce = RANK[sources.of(['content', 'redact']).kind];
  const broken = problems.find(
    ({ path, source }) => path[0] === 'content' && path[1] === 'redact' && RANK[source.kind] >= inForce,
  );
  if (broken === undefined) return;
  values.content = { ...(values.content as Options), capture: false };
  sources.set(['content', 'capture'], broken.source);
}

/** The same variable can be read for several exporters. */
function unique(problems: readonly Problem[]): Problem[] {
  const seen = new Map(
    problems.map((problem) => [`${describeSource(problem.source)} ${problem.reason}`, problem]),
  );
  return [...seen.values()];
}

function warning(problem: Problem, values: Options, sources: Sources): AgentOpsError {
  return new AgentOpsError('invalid_config', `${describe(problem)}${outcome(problem, values, sources)}`);
}

/** `telemetry.batch.size = 0 from agentops.yaml:3:11: expected …`. */
function describe({ path, source, shown, reason, isUnknown }: Problem): string {
  const name = path.length > 0 ? describePath(path, source, isUnknown) : shown === undefined ? '' : 'options';
  const from =
    source.kind === 'environment'
      ? `environment variable ${describeSource(source)}`
      : source.kind === 'code'
        ? ''
        : describeSource(source);
  if (source.kind === 'environment' && path[0] === source.name) return `${name}: ${reason}`;
  const value = shown === undefined ? '' : ` = ${shown}`;
  return `${[`${name}${value}`, from].filter((part) => part !== '').join(' from ')}: ${reason}`;
}

const ITEMS: Readonly<Record<string, string>> = {
  exporters: 'exporter',
  processors: 'processor',
  rules: 'rule',
};

/** What happens instead. */
function outcome(
  { path, source, isValueOnly, isUnknown }: Problem,
  values: Options,
  sources: Sources,
): string {
  if (path.length === 0 || (source.kind === 'environment' && path[0] === source.name)) return '';
  if (path[0] === 'content' && path[1] === 'redact') {
    const { capture } = values.content as Options;
    return capture === false ? '; content is not recorded until this is put right' : '; left out';
  }
  const item = path.findIndex((key) => typeof key === 'number');
  if (item !== -1 && isValueOnly !== true) return `; this ${ITEMS[String(path[item - 1])] ?? 'entry'} is off`;
  const value = valueAt(values, path);
  if (value === undefined || isUnknown) return '; left out';
  return `; using ${show(value, path)} (${describeSource(sources.of(path))})`;
}

function invalidConfig(problems: readonly Problem[]): AgentOpsError {
  const lines = problems.map(describe).join('\n  ');
  return new AgentOpsError('invalid_config', `invalid options in code (init):\n  ${lines}`);
}

function strictly(warnings: readonly AgentOpsError[]): AgentOpsError {
  const lines = warnings.map(({ message }) => message).join('\n  ');
  return new AgentOpsError('invalid_config', `invalid configuration, and strict is set:\n  ${lines}`);
}
