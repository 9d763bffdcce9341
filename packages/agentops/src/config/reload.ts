import { isDeepStrictEqual } from 'node:util';
import { AgentOpsError } from '../errors.ts';
import type { BatchConfig, SamplingConfig } from './config.ts';
import { type Gathered, gatherOptions, type Surroundings } from './gather.ts';
import { toSnakeCase } from './schema/walk.ts';
import { isPlainObject } from './secrets.ts';

/** What a changed file changes while the program runs. */
export interface Reload {
  /** By the name of the exporter. */
  readonly batches: ReadonlyMap<string, Pick<BatchConfig, 'size' | 'interval'>>;
  readonly sampling?: SamplingConfig;
  /** Keys that have changed and are only read at the start. */
  readonly pending: readonly string[];
  /** What is in force from now on. */
  readonly gathered: Gathered;
}

type Options = Readonly<Record<string, unknown>>;

/**
 * Reads everything again and compares it with `before`.
 *
 * @param code The options of `init`, as they were.
 * @throws {AgentOpsError} `invalid_config` where anything is wrong that was not before: then nothing is to be changed.
 */
export function reload(code: unknown, before: Gathered, surroundings: Surroundings): Reload {
  const gathered = gatherOptions(code, surroundings);
  const known = new Set(before.warnings.map(({ message }) => message));
  const problems = gathered.warnings.map(({ message }) => message).filter((message) => !known.has(message));
  if (problems.length > 0) {
    const lines = problems.map((message) => message.replace(/; [^;]*$/, '')).join('\n  ');
    throw new AgentOpsError(
      'invalid_config',
      `the file has changed and is wrong; everything stays as it was:\n  ${lines}`,
    );
  }
  const [was, is] = [before.options, gathered.options];
  const changed = differences(was, is);
  const isChanged = (key: string) => changed.some((path) => path[0] === key);
  const { sampler, ...sampling } = is.sampling as Options;
  const canSample = sampler === undefined && (was.sampling as Options).sampler === undefined;
  return {
    batches: isChanged('batch') || isChanged('exporters') ? batchesOf(is) : new Map(),
    ...(isChanged('sampling') && canSample && { sampling: sampling as unknown as SamplingConfig }),
    pending: changed
      .filter((path) => !isLive(path, canSample))
      .map((path) => path.map(toSnakeCase).join('.')),
    gathered,
  };
}

function batchesOf({ batch, exporters }: Options): Reload['batches'] {
  return new Map(
    (exporters as readonly Options[]).map((exporter) => {
      const { size, interval } = { ...(batch as BatchConfig), ...(exporter.batch as object | undefined) };
      return [String(exporter.name), { size, interval }];
    }),
  );
}

function isLive(path: readonly string[], canSample: boolean): boolean {
  const [group, ...below] = path;
  if (group === 'sampling') return canSample;
  const [own, key] = group === 'exporters' ? below.slice(1) : [group, below[0]];
  return own === 'batch' && (key === 'size' || key === 'interval');
}

/** Paths of what differs; lists are compared item by item where they are equally long. */
function differences(a: unknown, b: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (isDeepStrictEqual(a, b)) return [];
  const groups = isPlainObject(a) && isPlainObject(b);
  const lists = Array.isArray(a) && Array.isArray(b) && a.length === b.length && path[0] === 'exporters';
  if (!groups && !lists) return [path];
  const [was, is] = [a as Options, b as Options];
  const keys = new Set([...Object.keys(was), ...Object.keys(is)]);
  const isShort = path[0] === 'exporters' && path.length === 3 && path[2] !== 'batch';
  return isShort ? [path] : [...keys].flatMap((key) => differences(was[key], is[key], [...path, key]));
}
