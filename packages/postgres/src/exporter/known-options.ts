import { StoreError } from '../errors.ts';
import type { PostgresSpanExporterOptions, PostgresTlsOptions } from './options.ts';

/** What `typeof` says of an option's value. */
type Kind = 'string' | 'number' | 'boolean' | 'object';

const OPTIONS = {
  url: 'string',
  host: 'string',
  port: 'number',
  user: 'string',
  password: 'string',
  database: 'string',
  tls: 'object',
  schema: 'string',
  table: 'string',
  poolSize: 'number',
  project: 'string',
  batchSize: 'number',
  interval: 'number',
  timeout: 'number',
  retries: 'number',
  migrate: 'boolean',
  anyTime: 'boolean',
  rollups: 'boolean',
} as const satisfies Record<keyof PostgresSpanExporterOptions, Kind>;

const TLS_OPTIONS = {
  mode: 'string',
  ca: 'string',
  cert: 'string',
  key: 'string',
  serverName: 'string',
} as const satisfies Record<keyof PostgresTlsOptions, Kind>;

/**
 * Refuses what TypeScript would: an option that was misspelt, or is another client's (`ssl: true`), would be ignored, and the
 * spans go somewhere else or in plain text.
 *
 * @throws StoreError with code `invalid_options`, which quotes no value
 */
export function requireKnownOptions(options: PostgresSpanExporterOptions): void {
  requireKnown('', options, OPTIONS);
  if (options.tls !== undefined) requireKnown('tls.', options.tls, TLS_OPTIONS);
}

function requireKnown(prefix: string, options: object, known: Readonly<Record<string, Kind>>): void {
  if (typeof options !== 'object' || options === null) {
    throw invalid(`the options are ${kindOf(options)}; expected an object`);
  }
  for (const [name, value] of Object.entries(options)) {
    const kind = Object.hasOwn(known, name) ? known[name] : undefined;
    if (kind === undefined) {
      throw invalid(`${prefix}${name} is no option; there are ${Object.keys(known).join(', ')}`);
    }
    if (value !== undefined && (typeof value !== kind || value === null)) {
      throw invalid(`${prefix}${name} is ${kindOf(value)}; expected ${EXPECTED[kind]}`);
    }
  }
}

const EXPECTED: Readonly<Record<Kind, string>> = {
  string: 'a string',
  number: 'a number',
  boolean: 'true or false',
  object: 'an object',
};

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  const kind = typeof value;
  return kind === 'object' ? 'an object' : `a ${kind}`;
}

function invalid(problem: string): StoreError {
  return new StoreError('invalid_options', problem);
}
