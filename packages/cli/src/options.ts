import type { ServerLogging, ServerOptions, ServerRetention } from '@agentops/server';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { CommandFailure } from './failure.ts';

/** Where a store lies, as given on the command line or by the environment. */
export interface StoreFlags {
  dataDir: string;
  databaseUrl?: string;
}

/** How a backend is started, as given on the command line or by the environment. */
export interface BackendFlags extends StoreFlags, RetentionFlags {
  host: string;
  port: number;
  logLevel: NonNullable<ServerLogging['level']>;
  queryTimeout?: number;
}

/** How much of the past is kept. */
export interface RetentionFlags {
  retentionDays?: number;
  retentionBytes?: number;
}

const DATA_DIR = '.agentops/data';

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

/** Adds the options that say where the data lies. */
export function addStoreOptions(command: Command): Command {
  return command
    .addOption(new Option('--data-dir <directory>', 'directory of the embedded database').default(DATA_DIR))
    .addOption(new Option('--database-url <url>', 'PostgreSQL or Citus instead').env('DATABASE_URL'));
}

/** Adds the options that say how a backend is started. */
export function addBackendOptions(command: Command): Command {
  command
    .addOption(new Option('--host <address>', 'address to listen on').default('127.0.0.1'))
    .addOption(
      new Option('--port <port>', 'port to listen on; 0 takes a free one').default(4600).argParser(port),
    );
  addRetentionOptions(addStoreOptions(command)).addOption(
    new Option('--query-timeout <ms>', 'longest time of a query of the dashboard and the API')
      .env('AGENTOPS_QUERY_TIMEOUT')
      .argParser(positive),
  );
  return command.addOption(
    new Option('--log-level <level>', 'how much the backend says on standard error')
      .choices(LOG_LEVELS)
      .default('warn'),
  );
}

/** Adds the options that say how much of the past is kept. */
export function addRetentionOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--retention-days <days>', 'drop spans that are older, in whole partitions')
        .env('AGENTOPS_RETENTION_DAYS')
        .argParser(positive),
    )
    .addOption(
      new Option('--retention-bytes <size>', 'drop the oldest spans while there are more, such as 10GB')
        .env('AGENTOPS_RETENTION_BYTES')
        .argParser(bytes),
    );
}

/** What is to be kept by these flags. */
export function retentionOf({
  retentionDays: days,
  retentionBytes: maxBytes,
}: RetentionFlags): ServerRetention {
  return { ...(days !== undefined && { days }), ...(maxBytes !== undefined && { maxBytes }) };
}

/** The store these flags mean: a directory named on the command line wins over a database of the environment. */
export function storeOf(command: Command, flags: StoreFlags): Pick<ServerOptions, 'dataDir' | 'databaseUrl'> {
  refuseTogether(command, 'dataDir', ['databaseUrl']);
  const { dataDir, databaseUrl } = flags;
  return databaseUrl && !isGiven(command, 'dataDir') ? { databaseUrl } : { dataDir };
}

/** The options of `startServer` that these flags mean. */
export function serverOptionsOf(command: Command, flags: BackendFlags): ServerOptions {
  const { host, port, logLevel, queryTimeout } = flags;
  return {
    host,
    port,
    logger: { level: logLevel },
    retention: retentionOf(flags),
    limits: { ...(queryTimeout !== undefined && { queryTimeoutMs: queryTimeout }) },
    ...storeOf(command, flags),
  };
}

/** Whether an option was given on the command line: not by the environment, nor by default. */
export function isGiven(command: Command, name: string): boolean {
  return command.getOptionValueSource(name) === 'cli';
}

/**
 * Refuses options that contradict each other. Only what stands on the command line counts: a variable set for other
 * programs is no contradiction.
 */
export function refuseTogether(command: Command, name: string, others: readonly string[]): void {
  if (!isGiven(command, name)) return;
  const other = others.find((candidate) => isGiven(command, candidate));
  if (other === undefined) return;
  throw new CommandFailure(
    `${flagOf(command, name)} and ${flagOf(command, other)} exclude each other; leave one out.`,
  );
}

/** An option as it is written on the command line. */
export function flagOf(command: Command, name: string): string {
  return command.options.find((option) => option.attributeName() === name)?.long ?? name;
}

function port(text: string): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number <= 65_535) return number;
  throw new InvalidArgumentError('Expected a whole number from 0 to 65535.');
}

function positive(text: string): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number > 0) return number;
  throw new InvalidArgumentError('Expected a whole number above 0.');
}

const BYTES: Readonly<Record<string, number>> = {
  '': 1,
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KIB: 1024,
  MIB: 1024 ** 2,
  GIB: 1024 ** 3,
  TIB: 1024 ** 4,
};

/** Less than an empty partition takes: somebody has forgotten a unit. */
const LEAST_RETENTION_BYTES = 1e6;

function bytes(text: string): number {
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text) ?? [];
  const factor = BYTES[unit.toUpperCase()];
  const size = factor === undefined ? 0 : Math.round(Number(amount) * factor);
  if (size >= LEAST_RETENTION_BYTES) return size;
  throw new InvalidArgumentError(
    size > 0 ? `${text} is less than 1MB: is a unit missing?` : 'Expected a size, such as 500MB or 10GiB.',
  );
}
