import { userInfo } from 'node:os';
import type { PoolConfig } from 'pg';
import { type StoreNames, USUAL_NAMES } from '../engines/names.ts';
import type { Ssl } from '../engines/postgres.ts';
import { StoreError } from '../errors.ts';
import { type ConnectionParts, readConnectionUrl, TLS_MODES, tlsModeOf } from './connection-url.ts';
import { type Environment, type Variables, variablesOf } from './environment.ts';
import { requireKnownOptions } from './known-options.ts';
import type { PostgresSpanExporterOptions, PostgresTlsMode } from './options.ts';
import { tlsAttempts } from './tls.ts';

/** The options of an exporter, each from where it stands. */
export interface Settings {
  connection: PoolConfig;
  ssl: readonly Ssl[];
  names: StoreNames;
  project: string;
  poolSize: number;
  batchSize: number;
  interval: number;
  timeout: number;
  retries: number;
  migrate: boolean;
  rollups: boolean;
  anyTime: boolean;
}

/** The numbers among the options: least, most, default. */
const NUMBERS = {
  poolSize: ['POOL_SIZE', 1, 64, 2],
  batchSize: ['BATCH_SIZE', 1, 10_000, 2_000],
  interval: ['INTERVAL', 0, 3_600_000, 0],
  timeout: ['TIMEOUT', 1, 3_600_000, 10_000],
  retries: ['RETRIES', 0, 1_000, 5],
} as const;

const DEFAULT_PORT = 5432;
const LARGEST_PORT = 65_535;
/** Bytes of a name in PostgreSQL, and of what a partition's name adds to its table's. */
const LONGEST_NAME = 63;
const PARTITION_SUFFIX = '_2026_12_31'.length;

/**
 * Brings together what code, environment and defaults say.
 *
 * @param warn Told of what the environment got wrong.
 * @throws StoreError with code `invalid_options` for what code got wrong
 */
export function settingsOf(
  options: PostgresSpanExporterOptions,
  environment: Environment,
  warn: (message: string) => void,
): Settings {
  requireKnownOptions(options);
  const variables = variablesOf(environment, warn);
  const number = (name: keyof typeof NUMBERS): number => {
    const [variable, least, most, usual] = NUMBERS[name];
    const given = options[name];
    if (given === undefined) return variables.number(variable, least, most) ?? usual;
    if (Number.isInteger(given) && given >= least && given <= most) return given;
    throw invalid(name, given, `a whole number from ${least} to ${most}`);
  };
  const parts = connectionParts(options, variables, warn);
  const host = parts.host ?? 'localhost';
  const timeout = number('timeout');
  const poolSize = number('poolSize');
  return {
    connection: {
      host,
      port: portOf(parts.port),
      user: parts.user ?? userInfo().username,
      ...(parts.password !== undefined && { password: parts.password }),
      ...(parts.database !== undefined && { database: parts.database }),
      ...(parts.applicationName !== undefined && { application_name: parts.applicationName }),
      max: poolSize,
      connectionTimeoutMillis: timeout,
      // What a middlebox forgets is found out before a batch is sent into the void.
      keepAlive: true,
    },
    ssl: tlsAttempts(host, {
      mode: modeOf(parts.tlsMode),
      ca: parts.ca,
      cert: parts.cert,
      key: parts.key,
      serverName: options.tls?.serverName ?? variables.own('TLS_SERVER_NAME'),
    }),
    names: {
      schema: nameOf('schema', options.schema ?? variables.own('SCHEMA') ?? USUAL_NAMES.schema, 0),
      table: nameOf('table', options.table ?? variables.own('TABLE') ?? USUAL_NAMES.table, PARTITION_SUFFIX),
    },
    project: projectOf(options.project ?? variables.own('PROJECT') ?? 'default'),
    poolSize,
    batchSize: number('batchSize'),
    interval: number('interval'),
    timeout,
    retries: number('retries'),
    migrate: options.migrate ?? variables.flag('MIGRATE') ?? true,
    rollups: options.rollups ?? variables.flag('ROLLUPS') ?? true,
    anyTime: options.anyTime ?? variables.flag('ANY_TIME') ?? false,
  };
}

/** Each part from the first that says it: code's URL, code, the environment's URL, the environment, libpq's variables. */
function connectionParts(
  options: PostgresSpanExporterOptions,
  variables: Variables,
  warn: (message: string) => void,
): ConnectionParts {
  const read = (url: string | undefined, source: string): ConnectionParts =>
    url === undefined
      ? {}
      : readConnectionUrl(url, source, (parameter) =>
          warn(`${source}: the parameter ${parameter} is not known here and not applied`),
        );
  const sources: ConnectionParts[] = [
    read(options.url, 'url'),
    {
      host: options.host,
      port: options.port === undefined ? undefined : String(options.port),
      user: options.user,
      password: options.password,
      database: options.database,
      tlsMode: options.tls?.mode,
      ca: options.tls?.ca,
      cert: options.tls?.cert,
      key: options.tls?.key,
    },
    read(variables.url(), 'AGENTOPS_POSTGRES_URL'),
    {
      host: variables.own('HOST'),
      port: variables.own('PORT'),
      user: variables.own('USER'),
      password: variables.password(),
      database: variables.own('DATABASE'),
      tlsMode: variables.own('TLS_MODE'),
      ca: variables.own('TLS_CA'),
      cert: variables.own('TLS_CERT'),
      key: variables.own('TLS_KEY'),
    },
    {
      host: variables.libpq('PGHOST'),
      port: variables.libpq('PGPORT'),
      user: variables.libpq('PGUSER'),
      password: variables.libpqPassword(),
      database: variables.libpq('PGDATABASE'),
      tlsMode: variables.libpq('PGSSLMODE'),
      ca: variables.libpq('PGSSLROOTCERT'),
      cert: variables.libpq('PGSSLCERT'),
      key: variables.libpq('PGSSLKEY'),
      applicationName: variables.libpq('PGAPPNAME'),
    },
  ];
  const merged: ConnectionParts = {};
  for (const source of sources) {
    for (const [name, value] of Object.entries(source) as [keyof ConnectionParts, string | undefined][]) {
      merged[name] ??= value;
    }
  }
  return merged;
}

function portOf(text: string | undefined): number {
  if (text === undefined) return DEFAULT_PORT;
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port <= LARGEST_PORT) return port;
  throw invalid('port', text, `a whole number from 1 to ${LARGEST_PORT}`);
}

function modeOf(text: string | undefined): PostgresTlsMode {
  if (text === undefined) return 'prefer';
  const mode = tlsModeOf(text);
  // Guessing here could mean to send a password in plain text.
  if (mode === undefined) throw invalid('tls.mode', text, `one of ${TLS_MODES.join(', ')}`);
  return mode;
}

function projectOf(project: string): string {
  // Every span would be refused with a character that no text of the database can hold.
  if (project !== '' && project.isWellFormed() && !project.includes('\0')) return project;
  throw invalid('project', project, 'a name');
}

function nameOf(option: string, name: string, reserved: number): string {
  const longest = LONGEST_NAME - reserved;
  if (name !== '' && !name.includes('\0') && Buffer.byteLength(name) <= longest) return name;
  throw invalid(option, name, `a name of 1 to ${longest} bytes`);
}

function invalid(option: string, value: unknown, expected: string): StoreError {
  return new StoreError('invalid_options', `${option} is ${JSON.stringify(value)}; expected ${expected}`);
}
