import { basename } from 'node:path';
import { ENDPOINTS, METRIC_INTERVAL_MS, PROMETHEUS } from './defaults.ts';
import { type Environment, exporterVariables, readVariables, type Variable } from './environment.ts';
import {
  METRIC_INTERVAL,
  otlpVariables,
  POSTGRES_VARIABLES,
  PROMETHEUS_VARIABLES,
  ZIPKIN_VARIABLES,
} from './otel-environment.ts';
import type { Problem } from './problem.ts';
import { HOST_AND_PORT, implementsAll } from './schema/values.ts';
import { isPlainObject } from './secrets.ts';
import type { Path, Source, Sources } from './source.ts';

type Options = Readonly<Record<string, unknown>>;

/** Options that say where a destination is: what is meant for another must not go there. */
const ADDRESS = ['endpoint', 'url', 'host', 'path'];

/** True for what says where spans, metrics or log records go: without it they would go somewhere else. */
export function isAddress(path: Path): boolean {
  const [group = '', ...below] = path;
  if (group === 'exporters')
    return below.length === 2 && [...ADDRESS, 'type', 'port', 'database'].includes(String(below[1]));
  return ['metrics', 'logs'].includes(String(group)) && below.join('.') === 'otlp.endpoint';
}

/**
 * Fills in what the options of exporters, of metrics and of logs leave open: from the environment where they name no
 * destination of their own (a key belongs to the endpoint it was given for), then from defaults.
 */
export class Destinations {
  readonly problems: Problem[] = [];
  readonly #env: Environment;
  readonly #sources: Sources;

  /** @param sources Gets entries for what is filled in. */
  constructor(env: Environment, sources: Sources) {
    this.#env = env;
    this.#sources = sources;
  }

  /** One exporter of the list, as an object with a type. */
  exporter(item: unknown, path: Path, shared: Options): Options {
    if (!isPlainObject(item) || implementsAll(item, ['export'])) return { type: 'custom', exporter: item };
    const filled = withEndpoint(this.#fromEnvironment(item, path, shared));
    this.#sources.default(path, filled, item);
    return filled;
  }

  /** An exporter that the environment names by its type alone. */
  named(item: Options, path: Path): Options {
    return item.type === 'file' ? this.#fromEnvironment(item, path, {}) : item;
  }

  prometheus(options: unknown, path: Path): Options | false {
    if (!options) return false;
    const own = options === true ? {} : (options as Options);
    const filled = { ...PROMETHEUS, ...this.#fill(own, path, PROMETHEUS_VARIABLES) };
    this.#sources.default(path, filled, own);
    return filled;
  }

  /** Metrics or logs by OTLP. */
  otlp(options: unknown, path: Path, signal: 'METRICS' | 'LOGS'): Options | false {
    if (!options) return false;
    const own = options === true ? {} : (options as Options);
    const interval = signal === 'METRICS' ? [METRIC_INTERVAL] : [];
    const variables = own.endpoint === undefined ? otlpVariables(signal) : [];
    const sent = otlp(this.#fill(own, path, [...variables, ...interval]));
    const filled = signal === 'METRICS' ? { interval: METRIC_INTERVAL_MS, ...sent } : sent;
    this.#sources.default(path, filled, own);
    return filled;
  }

  #fromEnvironment(item: Options, path: Path, shared: Options): Options {
    const { type } = item;
    if (ADDRESS.some((key) => key !== 'host' && item[key] !== undefined)) return item;
    const ours = exporterVariables(String(type));
    switch (type) {
      case 'agentops': {
        const shortened = ['apiKey', 'endpoint', 'insecure'];
        const others = ours.filter((variable) => !shortened.includes(variable.path[0] ?? ''));
        for (const key of shortened) {
          if (item[key] === undefined && shared[key] !== undefined) {
            this.#sources.set([...path, key], this.#sources.of([key]));
          }
        }
        const { apiKey, endpoint, insecure } = shared;
        return this.#fill(merge(defined({ apiKey, endpoint, insecure }), item), path, others);
      }
      case 'otlp':
        return this.#either(item, path, ours, otlpVariables('TRACES'));
      case 'zipkin':
        return this.#either(item, path, ours, ZIPKIN_VARIABLES);
      case 'postgres':
        return this.#postgres(item, path, ours);
      default:
        return this.#fill(item, path, ours);
    }
  }

  #postgres(item: Options, path: Path, ours: readonly Variable[]): Options {
    const url = this.#env.AGENTOPS_POSTGRES_URL ?? this.#env.AGENTOPS_POSTGRES_URL_FILE;
    const connection = ['host', 'port', 'user', 'password', 'database'];
    if (item.host === undefined && url) {
      return this.#fill(
        item,
        path,
        ours.filter((variable) => !connection.includes(variable.path[0] ?? '')),
      );
    }
    return this.#either(
      item,
      path,
      ours.filter((variable) => variable.path[0] !== 'url'),
      POSTGRES_VARIABLES,
    );
  }

  /** By `ours`, and where these name no destination by `standard`. */
  #either(item: Options, path: Path, ours: readonly Variable[], standard: readonly Variable[]): Options {
    const filled = this.#fill(item, path, ours);
    return ADDRESS.some((key) => filled[key] !== undefined) ? filled : this.#fill(filled, path, standard);
  }

  #fill(own: Options, path: Path, variables: readonly Variable[]): Options {
    const { values, sources, problems } = readVariables(variables, this.#env);
    for (const problem of problems) {
      const own = this.#sources.asWritten([...path, ...problem.path]);
      this.problems.push({ ...problem, path: own, isValueOnly: true });
    }
    for (const { path: option } of variables) {
      const source = sources.of(option);
      if (source.kind !== 'default' && !has(own, option)) this.#sources.set([...path, ...option], source);
    }
    return merge(values, own);
  }
}

/** Gives every exporter a name that no other has. Numbers those of one type from the second on. */
export function named(exporters: readonly Options[], path: Path, sources: Sources) {
  const problems: Problem[] = [];
  const taken = new Set<unknown>();
  for (const [index, { name }] of exporters.entries()) {
    if (name === undefined) continue;
    const own = [...path, index, 'name'];
    if (taken.has(name)) {
      const reason =
        'another exporter has this name; names tell spools and figures apart, so give each its own';
      problems.push({ path: own, source: sources.of(own), shown: `'${String(name)}'`, reason });
    }
    taken.add(name);
  }
  const named = exporters.map((exporter, index) => {
    if (exporter.name !== undefined) return exporter;
    const kind = kindOf(exporter);
    let name = kind;
    for (let number = 2; taken.has(name); number += 1) name = `${kind}-${number}`;
    taken.add(name);
    sources.set([...path, index, 'name'], { kind: 'default' } satisfies Source);
    return { ...exporter, name };
  });
  return { exporters: named, problems };
}

function kindOf({ type, exporter }: Options): string {
  if (type !== 'custom') return String(type);
  if (isPlainObject(exporter) && typeof exporter.module === 'string') {
    return basename(exporter.module).replace(/\.\w+$/, '');
  }
  return (exporter as object).constructor?.name || 'custom';
}

function withEndpoint(options: Options): Options {
  switch (options.type) {
    case 'agentops':
    case 'zipkin':
      return { ...options, endpoint: options.endpoint ?? ENDPOINTS[options.type] };
    case 'otlp':
    case 'jaeger':
      return otlp(options);
    default:
      return options;
  }
}

/** With endpoint and protocol: what an address means, where nobody says. */
function otlp(options: Options): Options {
  const { endpoint, protocol } = options;
  if (endpoint === undefined) {
    const of = protocol === 'grpc' ? ENDPOINTS.grpc : ENDPOINTS.otlp;
    return { ...options, endpoint: of, protocol: protocol ?? 'http/protobuf' };
  }
  const isBare = HOST_AND_PORT.test(String(endpoint));
  if (isBare && protocol !== undefined && protocol !== 'grpc') {
    const scheme = options.tls === undefined ? 'http' : 'https';
    return { ...options, endpoint: `${scheme}://${String(endpoint)}` };
  }
  return { ...options, protocol: protocol ?? (isBare ? 'grpc' : 'http/protobuf') };
}

/** A certificate of one source and a key of another do not belong together. */
const WHOLE = ['tls'];

function merge(low: Options, high: Options): Options {
  const keys = new Set([...Object.keys(low), ...Object.keys(high)]);
  return Object.fromEntries(
    [...keys].map((key) => {
      const [below, above] = [low[key], high[key]];
      if (above === undefined) return [key, below];
      const both = isPlainObject(below) && isPlainObject(above) && !WHOLE.includes(key);
      return [key, both ? merge(below, above) : above];
    }),
  );
}

function has(options: Options, [key = '', ...below]: readonly string[]): boolean {
  const value = options[key];
  if (value === undefined) return false;
  return below.length === 0 || WHOLE.includes(key) || (isPlainObject(value) && has(value, below));
}

function defined(options: Options): Options {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
