import { inspect } from 'node:util';
import type { Attributes } from '@opentelemetry/api';
import type { Sampler, SpanExporter, SpanProcessor } from '@opentelemetry/sdk-trace';
import leven from 'leven';
import { z } from 'zod';
import { AgentOpsError } from '../errors.ts';
import { ATTR_SERVICE_NAME } from '../semconv/attributes.ts';
import type { Config, ExporterConfig } from './config.ts';
import { ENVIRONMENT } from './environment.ts';
import type { ExporterOption } from './exporter-options.ts';
import type { BatchOptions, InitOptions, RetryOptions } from './options.ts';
import { exporterBranch, initOptionsSchema } from './schema.ts';
import { defaultSpoolDirectory, spoolFolder } from './spool-directory.ts';
import { toBytes, toMilliseconds } from './units.ts';

const DEFAULTS = {
  serviceName: 'agentops',
  endpoint: 'http://localhost:4600',
  session: { mode: 'single', autoStart: true, hostEnvironment: true },
  batch: { size: 512, interval: 1000, queue: 65_536, queueBytes: 64 * 1024 * 1024, timeout: 10_000 },
  retry: { initial: 500, max: 30_000, attempts: 8 },
  spool: { maxBytes: 256 * 1024 * 1024 },
  content: { capture: true },
} as const;

/**
 * Brings code, environment and defaults together, in this order of precedence.
 *
 * Wrong values in code throw an `invalid_config` error that names every one of them; wrong values in the
 * environment are left out and returned as `warnings`, because whoever deploys a program is not its author.
 */
export function resolveConfig(
  options: unknown,
  env: Readonly<Record<string, string | undefined>>,
): { config: Config; warnings: AgentOpsError[] } {
  const parsed = initOptionsSchema.safeParse(options, { reportInput: true });
  if (!parsed.success) throw invalidConfig(parsed.error.issues.map(describe).join('\n  '));
  const code = withoutUndefined(options as InitOptions);
  const { options: environment, warnings } = readEnvironment(env);
  const given = { ...environment, ...code };
  const { apiKey, insecure } = given;
  const resource: Attributes = { ...environment.resource, ...code.resource };
  const serviceName = given.serviceName ?? nonEmpty(resource[ATTR_SERVICE_NAME]) ?? DEFAULTS.serviceName;
  const spool = { ...DEFAULTS.spool, ...environment.spool, ...withoutUndefined(code.spool || {}) };

  const merged = (options: BatchOptions & RetryOptions) => withoutUndefined(measured(options));
  const batch = { ...DEFAULTS.batch, ...environment.batch, ...merged(code.batch ?? {}) } as Config['batch'];
  const retry = { ...DEFAULTS.retry, ...merged(code.retry ?? {}) } as Config['retry'];
  const seen = new Map<string, number>();
  const exporters = (given.exporters ?? [{ type: 'agentops' as const }]).map((option): ExporterConfig => {
    const own = 'type' in option ? option : ({ type: 'custom', exporter: option } as const);
    const {
      name: wanted,
      batch: ownBatch,
      retry: ownRetry,
      ...rest
    } = own as Exclude<ExporterOption, SpanExporter>;
    const kind = wanted ?? (rest.type === 'custom' ? rest.exporter.constructor.name : rest.type);
    const count = (seen.get(kind) ?? 0) + 1;
    seen.set(kind, count);
    return {
      ...(rest.type === 'agentops' && {
        endpoint: given.endpoint ?? DEFAULTS.endpoint,
        // The key belongs to the endpoint it was given for: another destination must not get to see it.
        ...(rest.endpoint === undefined && withoutUndefined({ apiKey, insecure })),
      }),
      ...withoutUndefined(rest),
      name: count === 1 ? kind : `${kind}-${count}`,
      batch: { ...batch, ...merged(ownBatch ?? {}) },
      retry: { ...retry, ...merged(ownRetry ?? {}) },
    } as ExporterConfig;
  });
  const { onError, waitUntil, serviceVersion, environment: deployment } = given;
  const { rate = 1, rules = [], target, sampler } = given.sampling ?? {};

  const config: Config = {
    ...withoutUndefined({ onError, waitUntil, serviceVersion, environment: deployment }),
    serviceName,
    disabled: given.disabled ?? false,
    resource,
    exporters,
    processors: (given.processors ?? []) as SpanProcessor[],
    sampling: { rate, rules, ...withoutUndefined({ target, sampler: sampler as Sampler | undefined }) },
    context: {
      propagation: given.context?.propagation ?? ['w3c'],
      ...withoutUndefined({ propagator: given.context?.propagator }),
      baggage: { hosts: [], attributes: [], ...withoutUndefined(given.context?.baggage ?? {}) },
    },
    session: {
      ...DEFAULTS.session,
      ...environment.session,
      ...withoutUndefined(code.session ?? {}),
    } as Config['session'],
    batch,
    retry,
    spool: code.spool !== false && {
      maxBytes: toBytes(spool.maxBytes ?? DEFAULTS.spool.maxBytes) ?? DEFAULTS.spool.maxBytes,
      directory: spoolFolder(spool.directory ?? defaultSpoolDirectory(env), serviceName),
    },
    content: {
      capture: given.content?.capture ?? environment.content?.capture ?? DEFAULTS.content.capture,
      redact: (code.content?.redact === false
        ? []
        : (code.content?.redact ?? ['secrets'])) as Config['content']['redact'],
      ...withoutUndefined({
        maxLength: code.content?.maxLength === undefined ? undefined : toBytes(code.content.maxLength),
      }),
    },
    live: { interval: 5000, attributes: {} },
    metrics: {
      prometheus: false,
      otlp: false,
      readers: [],
      views: [],
      dimensions: [],
      cardinalityLimit: 2000,
      olderNames: false,
    },
    logs: { level: given.logs?.level ?? 'warn', format: 'text', otlp: false },
  };
  const problem = config.exporters.map(secretInTheOpen).find((found) => found !== undefined);
  if (problem === undefined) return { config, warnings };
  if (code.exporters ?? code.endpoint ?? code.apiKey) throw invalidConfig(problem);
  warnings.push(new AgentOpsError('invalid_config', `${problem}; this exporter is off`));
  return { config: { ...config, exporters: [] }, warnings };
}

function readEnvironment(env: Readonly<Record<string, string | undefined>>) {
  const options: Record<string, unknown> = {};
  const warnings: AgentOpsError[] = [];
  for (const { name, path, parse } of ENVIRONMENT) {
    const text = env[name];
    if (text === undefined || text === '') continue;
    const [key, inner] = path;
    const value = parse(text);
    const candidate = { [key]: inner === undefined ? value : { [inner]: value } };
    const result = initOptionsSchema.safeParse(candidate);
    if (value === undefined || !result.success) {
      const reason = result.error?.issues.map((issue) => issue.message).join('; ') ?? 'not understood';
      const shown = key === 'apiKey' ? '(hidden)' : withoutPassword(JSON.stringify(text));
      warnings.push(
        new AgentOpsError(
          'invalid_config',
          `${path.join('.')} = ${shown} from environment variable ${name}: ${reason}; using the default`,
        ),
      );
    } else if (inner === undefined) {
      options[key] ??= value;
    } else {
      options[key] = { [inner]: value, ...(options[key] as object | undefined) };
    }
  }
  return { options: options as InitOptions, warnings };
}

/** Decided here and not at the first export: a key that has crossed the network in plain text is burnt. */
function secretInTheOpen(exporter: ExporterConfig): string | undefined {
  if (exporter.type !== 'agentops' || exporter.insecure) return undefined;
  const { endpoint, apiKey, headers } = exporter;
  const hasSecret = apiKey !== undefined || Object.keys(headers ?? {}).length > 0;
  const url = new URL(endpoint ?? DEFAULTS.endpoint);
  if (!hasSecret || url.protocol === 'https:' || LOOPBACK.test(url.hostname)) return undefined;
  return `endpoint = "${url.href}": credentials would travel in plain text to ${url.hostname}; use https://, or set insecure: true (AGENTOPS_INSECURE=true)`;
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

function invalidConfig(details: string): AgentOpsError {
  return new AgentOpsError('invalid_config', `invalid options in code (init):\n  ${details}`);
}

function describe(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_union' && issue.errors.length === 2) {
    const branch = issue.errors[exporterBranch(issue.input)] ?? [];
    return branch.map((inner) => describe({ ...inner, path: [...issue.path, ...inner.path] })).join('\n  ');
  }
  const path = issue.path.join('.');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => unknownKey(path === '' ? key : `${path}.${key}`, key)).join('\n  ');
  }
  const shown = /key|headers/i.test(path)
    ? '(hidden)'
    : withoutPassword(inspect(issue.input, { depth: 0, maxStringLength: 80 }));
  return path === '' ? issue.message : `${path} = ${shown}: ${issue.message}`;
}

function withoutPassword(url: string): string {
  return url.replace(/:\/\/[^/@]*@/, '://(hidden)@');
}

function unknownKey(path: string, key: string): string {
  const nearest = KNOWN_OPTIONS.map((option) => ({
    ...option,
    distance: leven(key.toLowerCase(), option.key.toLowerCase()),
  }))
    .filter((option) => option.distance <= Math.max(2, Math.floor(option.key.length / 3)))
    .sort((a, b) => a.distance - b.distance)[0];
  const hint =
    nearest === undefined
      ? `accepted: ${Object.keys(initOptionsSchema.shape).join(', ')}`
      : `did you mean "${nearest.path}"?`;
  return `${path}: unknown option; ${hint}`;
}

/** Every option, of whatever depth: a misplaced key deserves a hint as much as a misspelt one. */
const KNOWN_OPTIONS: readonly { readonly key: string; readonly path: string }[] = Object.entries(
  initOptionsSchema.shape,
).flatMap(([key, schema]) => {
  const inner: unknown = 'unwrap' in schema ? schema.unwrap() : schema;
  const branches: readonly unknown[] = inner instanceof z.ZodUnion ? inner.options : [inner];
  const shape = branches.find((branch) => branch instanceof z.ZodObject)?.shape ?? {};
  const within = Object.keys(shape).map((name) => ({ key: name, path: `${key}.${name}` }));
  return [{ key, path: key }, ...within];
});

/** With numbers for durations and sizes. */
function measured(options: BatchOptions & RetryOptions) {
  const { interval, timeout, initial, max, queueBytes, ...counts } = options;
  const ms = (value: number | string | undefined) =>
    value === undefined ? undefined : toMilliseconds(value);
  return {
    ...counts,
    interval: ms(interval),
    timeout: ms(timeout),
    initial: ms(initial),
    max: ms(max),
    queueBytes: queueBytes === undefined ? undefined : toBytes(queueBytes),
  };
}

function nonEmpty(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** JavaScript callers pass `{ apiKey: process.env.KEY }`, which must not hide a lower source. */
function withoutUndefined<T extends object>(object: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T;
}
