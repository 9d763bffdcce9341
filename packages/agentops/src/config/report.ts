import { AgentOpsError } from '../errors.ts';
import { describePath, type Problem, show, valueAt } from './problem.ts';
import { describeSource, type Sources } from './source.ts';

type Options = Readonly<Record<string, unknown>>;

/** The same variable can be read for several exporters. */
export function unique(problems: readonly Problem[]): Problem[] {
  const seen = new Map(
    problems.map((problem) => [`${describeSource(problem.source)} ${problem.reason}`, problem]),
  );
  return [...seen.values()];
}

export function warning(problem: Problem, values: Options, sources: Sources): AgentOpsError {
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

/** @param where The function that was called. */
export function invalidConfig(
  problems: readonly Problem[],
  where: 'init' | 'update' = 'init',
): AgentOpsError {
  const lines = problems.map(describe).join('\n  ');
  return new AgentOpsError('invalid_config', `invalid options in code (${where}):\n  ${lines}`);
}

export function strictly(warnings: readonly AgentOpsError[]): AgentOpsError {
  const lines = warnings.map(({ message }) => message).join('\n  ');
  return new AgentOpsError('invalid_config', `invalid configuration, and strict is set:\n  ${lines}`);
}
