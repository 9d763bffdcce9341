import { dirname } from 'node:path';
import type { SpanExporter } from '@opentelemetry/sdk-trace';
import { AgentOpsError } from '../errors.ts';
import { withinLimits } from './checks.ts';
import type { BatchConfig, Config, ExporterConfig, RedactionRuleConfig, RetryConfig } from './config.ts';
import type { SpanFormatter } from './exporter-options.ts';
import { type Gathered, gatherOptions, type Surroundings } from './gather.ts';
import { type Fit, isModuleOption, loadModule } from './modules.ts';
import { describePath } from './problem.ts';
import { spanExporter } from './schema/exporters.ts';
import { sampler as samplerSchema } from './schema/groups.ts';
import { type CheckedOptions, spanProcessor } from './schema.ts';
import { describeSource, type Path } from './source.ts';
import { spoolFolder } from './spool-directory.ts';

/** The configuration in force, and how it came to be. */
export interface Resolution {
  readonly config: Config;
  /** What of environment and file could not be used, and what is used instead. */
  readonly warnings: readonly AgentOpsError[];
  /** The options it was made of, and the source of each. */
  readonly gathered: Gathered;
}

/**
 * Brings code, environment, file and defaults together (see {@link gatherOptions}) and loads the modules they name.
 *
 * @throws {AgentOpsError} `invalid_config`, naming everything that is wrong in code; with `strict`, everywhere.
 */
export function resolveConfig(
  options: unknown,
  env: Surroundings['env'],
  surroundings: Omit<Surroundings, 'env'> = {},
): Resolution {
  const gathered = gatherOptions(options, { env, ...surroundings });
  const modules = new Modules(gathered, surroundings.cwd ?? process.cwd());
  const config = assemble(gathered, modules);
  const warnings = [...gathered.warnings, ...modules.warnings];
  if (gathered.options.strict === true && modules.warnings.length > 0) throw modules.warnings[0];
  return { config, warnings, gathered };
}

/** Options with their defaults; modules may still stand in them. */
type Filled = Omit<Config, 'exporters' | 'processors' | 'sampling' | 'spool' | 'content'> &
  Pick<CheckedOptions, 'processors'> & {
    readonly exporters: readonly (Partial<ExporterConfig> & { readonly name: string })[];
    readonly sampling: NonNullable<CheckedOptions['sampling']>;
    readonly spool: Config['spool'];
    readonly content: NonNullable<CheckedOptions['content']>;
  };

function assemble({ options }: Gathered, modules: Modules): Config {
  const given = options as unknown as Filled;
  const { serviceName, serviceVersion, environment, onError, waitUntil } = given;
  const { batch, retry, context, session, live, metrics, logs, instrumentations, prices, disabled } = given;
  const { sampler, ...sampling } = given.sampling;
  const loadedSampler = sampler && modules.load(sampler, ['sampling', 'sampler'], SAMPLER);
  const { redact, ...content } = given.content;
  const rules = (redact || []).map((rule, index) =>
    modules.load(rule, ['content', 'redact', index], REDACTION),
  );
  const isRedacting = rules.every((rule) => rule !== undefined);
  return {
    ...defined({ serviceVersion, environment, onError, waitUntil }),
    serviceName,
    resource: given.resource ?? {},
    exporters: given.exporters.flatMap((exporter, index) =>
      exporterConfig(exporter, { batch, retry, modules, path: ['exporters', index] }),
    ),
    processors: (given.processors ?? []).flatMap((processor, index) => {
      const loaded = modules.load(processor, ['processors', index], PROCESSOR);
      return loaded === undefined ? [] : [loaded as Config['processors'][number]];
    }),
    sampling: { ...sampling, ...defined({ sampler: loadedSampler }) } as Config['sampling'],
    context,
    session,
    batch,
    retry,
    spool: given.spool && {
      maxBytes: given.spool.maxBytes,
      directory: spoolFolder(given.spool.directory, serviceName),
    },
    content: {
      ...(content as Config['content']),
      // A rule that is missing must not let through what it was there for.
      ...(!isRedacting && { capture: false }),
      redact: rules.filter((rule) => rule !== undefined) as RedactionRuleConfig[],
    },
    live,
    metrics,
    logs,
    instrumentations,
    prices,
    disabled,
  };
}

interface Shared {
  readonly batch: BatchConfig;
  readonly retry: RetryConfig;
  readonly modules: Modules;
  readonly path: Path;
}

/** None where a module it needs cannot be loaded. */
function exporterConfig(
  exporter: Filled['exporters'][number],
  { batch, retry, modules, path }: Shared,
): ExporterConfig[] {
  const { format, ...options } = exporter as typeof exporter & { readonly exporter?: SpanExporter };
  const loaded = options.exporter && modules.load(options.exporter, [...path, 'exporter'], EXPORTER);
  const loadedFormat = format && modules.load(format, [...path, 'format'], FORMAT);
  // What a format was to take out must not leave because the format is missing.
  if (options.exporter !== undefined && loaded === undefined) return [];
  if (format !== undefined && loadedFormat === undefined) return [];
  const own = (key: string, group: object | undefined) => !Object.keys(group ?? {}).includes(key);
  const config = {
    ...options,
    ...defined({ exporter: loaded, format: loadedFormat }),
    batch: withinLimits('batch', { ...batch, ...options.batch }, (key) => own(key, options.batch)),
    retry: withinLimits('retry', { ...retry, ...options.retry }, (key) => own(key, options.retry)),
  };
  return [config as ExporterConfig];
}

const isFunction = (value: unknown): value is SpanFormatter => typeof value === 'function';
const SAMPLER: Fit = { what: 'a Sampler', fits: (value) => samplerSchema.safeParse(value).success };
const PROCESSOR: Fit = { what: 'a SpanProcessor', fits: (value) => spanProcessor.safeParse(value).success };
const EXPORTER: Fit = { what: 'a SpanExporter', fits: (value) => spanExporter.safeParse(value).success };
const FORMAT: Fit = { what: 'a function that maps spans', fits: isFunction, isFunction: true };
const REDACTION: Fit = { what: 'a redaction function', fits: isFunction, isFunction: true };

/** Loads the modules that options name. */
class Modules {
  readonly warnings: AgentOpsError[] = [];
  readonly #gathered: Gathered;
  readonly #cwd: string;

  constructor(gathered: Gathered, cwd: string) {
    this.#gathered = gathered;
    this.#cwd = cwd;
  }

  /**
   * The value itself, or what the module makes. Undefined where that fails and it was not code that named it.
   *
   * @throws {AgentOpsError} where it was.
   */
  load<T>(value: T, path: Path, fit: Fit): unknown {
    if (!isModuleOption(value)) return value;
    const { sources, options } = this.#gathered;
    if (options.disabled === true) return undefined;
    const source = sources.of(path);
    try {
      return loadModule(value, source.kind === 'file' ? dirname(source.file) : this.#cwd, fit);
    } catch (error) {
      // Node adds who required it, which is us.
      const [why = ''] = (error instanceof Error ? error.message : String(error)).split('\n', 1);
      const from = source.kind === 'code' ? '' : ` from ${describeSource(source)}`;
      const message = `${describePath(sources.asWritten(path), source)} = { module: ${value.module} }${from}: cannot be loaded: ${why}`;
      if (source.kind === 'code') {
        throw new AgentOpsError('invalid_config', `invalid options in code (init):\n  ${message}`, {
          cause: error,
        });
      }
      const effect =
        path[0] === 'content' && options.content
          ? '; content is not recorded until this is put right'
          : path[0] === 'exporters'
            ? '; this exporter is off'
            : '; left out';
      this.warnings.push(new AgentOpsError('invalid_config', `${message}${effect}`, { cause: error }));
      return undefined;
    }
  }
}

function defined<T extends object>(object: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T;
}
