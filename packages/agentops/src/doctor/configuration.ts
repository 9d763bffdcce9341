import type { Config } from '../config/config.ts';
import { resolveConfig } from '../config/resolve.ts';
import { withUsableDestinations } from '../config/usable.ts';
import { messageOf } from '../telemetry/failure.ts';

/** The configuration as `init()` would have it, and what is wrong with it. */
export interface ConfigurationReading {
  /** Undefined where something wrong would keep `init` from starting. */
  readonly config?: Config;
  /** Each names the key, the value, where it came from and what is accepted. */
  readonly problems: readonly string[];
}

/**
 * Resolves what is given outside the code of the program: environment and file. Never throws.
 *
 * @param configFile Default: what the environment names, else `agentops.yaml` in the working directory.
 */
export function readConfiguration(
  env: Readonly<Record<string, string | undefined>>,
  configFile?: string,
): ConfigurationReading {
  try {
    const resolution = resolveConfig(configFile === undefined ? {} : { configFile }, env);
    const { config, warnings } = withUsableDestinations(resolution);
    return { config, problems: warnings.map(messageOf) };
  } catch (error) {
    return { problems: [messageOf(error)] };
  }
}
