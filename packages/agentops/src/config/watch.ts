import { AgentOpsError } from '../errors.ts';
import type { TelemetryManager } from '../telemetry/telemetry-manager.ts';
import { FileWatch } from './file-watch.ts';
import type { Gathered } from './gather.ts';
import { reload } from './reload.ts';

/** Runs `work` on the telemetry; what it throws is reported. */
type Guard = (work: (telemetry: TelemetryManager) => void) => void;

/**
 * With `watch: true`, applies changes of the file while the program runs: batch sizes, intervals, sampling. A file that
 * has become wrong changes nothing; what needs a restart is said.
 *
 * @param code The options of `init`, as they were.
 */
export function watchConfig(code: unknown, started: Gathered, guard: Guard): FileWatch | undefined {
  const { file, options } = started;
  if (options.watch !== true || options.disabled === true || file === undefined) return undefined;
  let inForce = started;
  const changed = () =>
    guard((telemetry) => {
      const { batches, sampling, pending, gathered } = reload(code, inForce, { env: process.env });
      inForce = gathered;
      telemetry.apply({
        batch: (name) => batches.get(name),
        ...(sampling !== undefined && { sampling: () => sampling }),
      });
      if (pending.length > 0) {
        const keys = pending.map((key) => `telemetry.${key}`).join(', ');
        throw new AgentOpsError('invalid_config', `${file} has changed; this needs a restart: ${keys}`);
      }
    });
  return new FileWatch(file, changed, (error) =>
    guard(() => {
      const why = error instanceof Error ? error.message : String(error);
      throw new AgentOpsError('invalid_config', `${file} cannot be watched: ${why}`, { cause: error });
    }),
  );
}
