import type { BatchConfig, SamplingConfig } from './config.ts';
import { KEEP } from './defaults.ts';
import { isModuleOption } from './modules.ts';
import { PLAIN_WORDS } from './plain-words.ts';
import { problemsIn } from './problem.ts';
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
    throw invalidConfig(
      problemsIn(result.error.issues, update, () => source),
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

/** `before` with `change`: a rate takes the place of a target, and a target that of a rate. */
export function updatedSampling(before: SamplingConfig, change: Partial<SamplingConfig>): SamplingConfig {
  const { target, ...others } = before;
  return { ...(change.rate === undefined ? before : others), ...change };
}

function defined(object: object): object {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}
