import { AgentOpsError } from '../errors.ts';
import { isAddress } from './destinations.ts';
import { describePath, isWithoutEndpoint, type Problem, schemaAt, show, valueAt } from './problem.ts';
import { isPlainObject } from './secrets.ts';
import { describeSource, type Path, type Sources } from './source.ts';
import { inUnits } from './written.ts';

type Options = Readonly<Record<string, unknown>>;

/** Each once (the same variable can be read for several exporters), those of the file in its order. */
export function inOrder(problems: readonly Problem[]): Problem[] {
  const seen = new Map(
    problems.map((problem) => [`${describeSource(problem.source)} ${problem.reason}`, problem]),
  );
  return [...seen.values()].sort((a, b) => placeOf(a) - placeOf(b));
}

function placeOf({ source }: Problem): number {
  return source.kind === 'file' ? source.line + source.column / 1e6 : 0;
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
function outcome(problem: Problem, values: Options, sources: Sources): string {
  const { path, source, isValueOnly, isUnknown } = problem;
  if (path.length === 0 || (source.kind === 'environment' && path[0] === source.name)) return '';
  if (path[0] === 'content' && path[1] === 'redact') {
    const { capture } = values.content as Options;
    return capture === false ? '; content is not recorded until this is put right' : '; left out';
  }
  if (isWithoutEndpoint(problem) && values.endpoint === undefined) {
    return '; agentops exporters without an endpoint of their own are off';
  }
  if (path[0] === 'configFile') return '; no file is read';
  const item = path.findIndex((key) => typeof key === 'number');
  if (item !== -1) {
    return isValueOnly ? '; left out' : `; this ${ITEMS[String(path[item - 1])] ?? 'entry'} is off`;
  }
  if (isAddress(path) && valueAt(values, path) === undefined) return `; ${path[0]} are not sent by OTLP`;
  const value = valueAt(values, path);
  if (value === undefined || isUnknown || isPlainObject(value)) return '; left out';
  const from = describeSource(sources.of(path));
  // What was cut down to a limit still comes from there.
  const origin = from === describeSource(source) ? '' : ` (${from})`;
  return `; using ${inUse(value, path, values)}${origin}`;
}

function inUse(value: unknown, path: Path, values: Options): string {
  if (path[0] === 'exporters')
    return (value as readonly Options[]).map(({ name }) => name).join(', ') || 'none';
  const schema = schemaAt(path, values);
  const isMeasure = typeof value === 'number' && schema !== undefined;
  return isMeasure ? inUnits(value, schema) : show(value, path);
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
