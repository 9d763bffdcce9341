import type { OtelInstrumentation } from '../../config/instrumentation-options.ts';
import { AgentOpsError } from '../../errors.ts';
import type { Reporter } from '../../reporter.ts';
import { messageOf } from '../../telemetry/failure.ts';
import { sessionTracerProvider } from '../session-tracer.ts';
import { installedLibraries, loadPackage, type OpenLlmetryPackage, OWN_LIBRARIES } from './openllmetry.ts';
import { findLoaded, installedVersion } from './package-hooks.ts';
import { isInRange } from './version-range.ts';

/** What OpenTelemetry's `InstrumentationBase` keeps of a module it patches when that is loaded. */
interface ModuleDefinition {
  readonly name: string;
  readonly supportedVersions?: readonly string[];
  readonly patch?: (exported: unknown, version?: string) => unknown;
  moduleExports?: unknown;
}

/** Instrumentations that are not ours, for the time of one client. */
export class ForeignInstrumentations {
  readonly #reporter: Reporter;
  readonly #captureContent: boolean;
  readonly #enabled: OtelInstrumentation[] = [];

  constructor(reporter: Reporter, captureContent: boolean) {
    this.#reporter = reporter;
    this.#captureContent = captureContent;
  }

  /**
   * Enables OpenLLMetry's packages and `others`, also for what the program has loaded before. One that fails is reported,
   * and the rest go on. Never rejects.
   *
   * @param isOurs Whether a library is instrumented by us: by the name of its switch.
   */
  async enable(
    openllmetry: 'auto' | readonly string[],
    others: readonly OtelInstrumentation[],
    isOurs: (library: string) => boolean,
  ): Promise<void> {
    const packages = this.#packages(openllmetry, isOurs);
    for (const instrumentation of [...packages.flatMap((one) => one.instrumentations), ...others]) {
      this.#enable(instrumentation);
    }
    await Promise.all([
      findLoaded(
        packages.flatMap(({ modules }) => modules),
        () => {},
      ),
      ...packages.flatMap(({ instrumentations }) => instrumentations).map((one) => this.#patchLoaded(one)),
    ]);
  }

  /** What they have patched is patched back where they can; spans that they make all the same record nothing. */
  disable(): void {
    for (const instrumentation of this.#enabled.splice(0)) {
      this.#attempt(instrumentation.instrumentationName, () => instrumentation.disable());
    }
  }

  #packages(wanted: 'auto' | readonly string[], isOurs: (library: string) => boolean): OpenLlmetryPackage[] {
    const installed = installedLibraries();
    const libraries = wanted === 'auto' ? installed : wanted;
    return libraries.flatMap((library) => {
      const own = OWN_LIBRARIES[library];
      if (own !== undefined && isOurs(own)) {
        if (wanted !== 'auto') {
          this.#warn(
            `${library} is instrumented by agentops already; set ${own}: false to have OpenLLMetry do it`,
          );
        }
        return [];
      }
      if (!installed.includes(library)) {
        this.#warn(
          `there is no package @traceloop/instrumentation-${library} where the program lies; installed: ${installed.join(', ') || 'none'}`,
        );
        return [];
      }
      try {
        return [loadPackage(library, this.#captureContent)];
      } catch (error) {
        this.#warn(`@traceloop/instrumentation-${library} cannot be used: ${messageOf(error)}`);
        return [];
      }
    });
  }

  #enable(instrumentation: OtelInstrumentation): void {
    const { instrumentationName: name } = instrumentation;
    this.#attempt(name, () => {
      instrumentation.setTracerProvider(sessionTracerProvider);
      instrumentation.enable();
      this.#enabled.push(instrumentation);
    });
  }

  /** `enable` sees to what is loaded from now on, by `require`. */
  async #patchLoaded(instrumentation: OtelInstrumentation): Promise<void> {
    const definitions = modulesOf(instrumentation);
    await findLoaded(
      definitions.map(({ name }) => name),
      (name, exported) => {
        const definition = definitions.find((one) => one.name === name);
        if (definition === undefined || definition.moduleExports !== undefined) return;
        this.#attempt(`${instrumentation.instrumentationName} for ${name}`, () => {
          const version = installedVersion(name);
          const { supportedVersions = ['*'] } = definition;
          if (version !== undefined && !supportedVersions.some((range) => isInRange(version, range))) {
            throw new Error(`version ${version} is not among ${supportedVersions.join(', ')}`);
          }
          definition.moduleExports = exported;
          definition.patch?.(exported, version);
        });
      },
    );
  }

  #attempt(name: string, work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#warn(`${name} failed: ${messageOf(error)}`);
    }
  }

  #warn(problem: string): void {
    const error = new AgentOpsError('invalid_config', `instrumentations: ${problem}`);
    this.#reporter.error(error, 'warn');
  }
}

function modulesOf(instrumentation: OtelInstrumentation): ModuleDefinition[] {
  const modules: unknown = Reflect.get(instrumentation, '_modules');
  return Array.isArray(modules) ? modules : [];
}
