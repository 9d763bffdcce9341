import type { BatchConfig, SamplingConfig } from './config.ts';
import { KEEP } from './defaults.ts';
import { isModuleOption } from './modules.ts';
import { PLAIN_WORDS } from './plain-words.ts';
import { type Problem, problemsIn, schemaAt, valueAt } from './problem.ts';
import { invalidConfig } from './report.ts';
import { updateSchema } from './schema.ts';

/** A change while running: durations in milliseconds; what is not in it stays as it is. */
export interface UpdateConfig {
  readonly batch: Partial<Pick<BatchConfig, 'size' | 'interval'>>;
  readonly sampling: Partial<SamplingConfig>;
}

/**
 * Checks what `TelemetryManager.update` is given.
 *
 * @throws {AgentOpsError} `invalid_config`, naming everything that is wrong with it.
 */
export function resolveUpdate(update: unknown): UpdateConfig {
  const source = { kind: 'code' } as const;
  const result = updateSchema.safeParse(update, PLAIN_WORDS);
  if (!result.success) {
    const problems = problemsIn(result.error.issues, update, () => source);
    const reason = 'is read by init only; update takes batch.size, batch.interval and sampling';
    throw invalidConfig(
      problems.map((problem) => (isOfInit(problem, update) ? { ...problem, reason } : problem)),
      'update',
    );
  }
  const { batch = {}, sampling: { keep, ...sampling } = {} } = result.data;
  if (isModuleOption(sampling.sampler))
    throw invalidConfig(
      [{ path: ['sampling', 'sampler'], source, reason: 'a module is loaded by init only' }],
      'update',
    );
  const filled = { ...sampling, ...(keep && { keep: { ...KEEP, ...keep } }) };
  return { batch: defined(batch), sampling: defined(filled) } as UpdateConfig;
}

/** There is such an option, and it has no value that is wrong: it is not one of those that can be changed. */
function isOfInit({ path, shown }: Problem, update: unknown): boolean {
  return shown === undefined && valueAt(update, path) !== undefined && schemaAt(path, update) !== undefined;
}

/** `before` with `change`: a rate takes the place of a target, and a target that of a rate. */
export function updatedSampling(before: SamplingConfig, change: Partial<SamplingConfig>): SamplingConfig {
  const { target, ...others } = before;
  return { ...(change.rate === undefined ? before : others), ...change };
}

function defined(object: object): object {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}
