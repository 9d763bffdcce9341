import { type Check, failure, ok, warning } from './check.ts';
import type { InstalledPackages } from './packages.ts';

/** The oldest Node that the SDK runs on; on older ones it records nothing. */
const OLDEST_NODE = [22, 15] as const;

/** What is loaded before a program starts. */
const PRELOAD = /(?:--require|--import|-r|--experimental-loader|--loader)[= ](\S+)/g;

/** Preloads that register an OpenTelemetry provider, or patch modules. */
const REGISTERS = /opentelemetry|telemetry|dd-trace|newrelic|sentry|instrument|traceloop|register|apm/i;

export function checkNode(version: string): Check {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldestMajor, oldestMinor] = OLDEST_NODE;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return ok('Node', version);
  return failure(
    'Node',
    version,
    `Use Node ${OLDEST_NODE.join('.')} or newer: on this one nothing is recorded.`,
  );
}

/** Preloads in `NODE_OPTIONS` and in the scripts of the project. */
export function checkPreloads(
  env: Readonly<Record<string, string | undefined>>,
  { scripts }: InstalledPackages['project'],
): Check[] {
  const commands = { NODE_OPTIONS: env.NODE_OPTIONS ?? '', ...scripts };
  return Object.entries(commands).flatMap(([name, command]) =>
    [...command.matchAll(PRELOAD)]
      .map(([, module = '']) => module)
      .filter((module) => REGISTERS.test(module) && !module.startsWith('agentops/'))
      .map((module) => {
        const where = name === 'NODE_OPTIONS' ? name : `script ${name}`;
        return warning(
          'Preload',
          `${where} loads ${module} before the program`,
          'Where it registers an OpenTelemetry provider, init joins that: give the provider agentopsSpanProcessor().',
        );
      }),
  );
}
