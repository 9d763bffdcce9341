import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { AgentOpsError } from '../errors.ts';
import { DEFAULTS } from './defaults.ts';
import { Destinations } from './destinations.ts';
import { type Environment, misspelt, readVariables, VARIABLES } from './environment.ts';
import { DEFAULT_FILE, type FileLayer, readFile } from './file.ts';
import { Filling } from './filling.ts';
import { type CheckedLayer, checked, type Layer, overlay } from './layers.ts';
import { otelVariables } from './otel-environment.ts';
import { isWithoutEndpoint, type Problem, show } from './problem.ts';
import { inOrder, invalidConfig, strictly, warning } from './report.ts';
import { type Source, Sources } from './source.ts';

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
  if (problems.some(isWithoutEndpoint) && filled.values.endpoint === undefined) {
    leaveOutDefaultEndpoint(filled.values, merged.sources);
  }
  failClosed(filled.values, merged.sources, problems);

  const warnings = inOrder(problems).map((problem) => warning(problem, filled.values, merged.sources));
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

/** Where the file's endpoint is a variable that is not set, spans must not go to the default one instead. */
function leaveOutDefaultEndpoint(values: Record<string, unknown>, sources: Sources): void {
  const exporters = values.exporters as readonly Options[];
  const isOff = exporters.map(
    ({ type }, index) =>
      type === 'agentops' && sources.of(['exporters', index, 'endpoint']).kind === 'default',
  );
  for (let index = exporters.length - 1; index >= 0; index -= 1) {
    if (isOff[index]) sources.removeItem(['exporters'], index);
  }
  values.exporters = exporters.filter((_, index) => !isOff[index]);
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
