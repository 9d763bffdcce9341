import { z } from 'zod';
import { ServerError } from './errors.ts';
import { describeIssues } from './issues.ts';

const MiB = 1024 * 1024;

/** How much the server takes on at once. */
export interface ServerLimits {
  /** Largest request body, in bytes after decompression; above it 413. Default 64 MiB. */
  bodyBytes?: number;
  /**
   * Bytes of request bodies, decompressed, that may wait for their commit at one time; above it 429 with
   * `Retry-After`. At least `bodyBytes`. Default 64 MiB.
   */
  queueBytes?: number;
  /** How long `close()` waits for requests in flight, and again for roll-ups, in ms. Default 10,000. */
  closeTimeoutMs?: number;
  /**
   * Longest time of a database query of the API, in ms; above it 504. Default 10,000 on PostgreSQL and 2,000 on the
   * embedded database, where a query holds up writing.
   */
  queryTimeoutMs?: number;
}

/** How much of the past is kept. What is older, or too much, goes in whole partitions, the oldest first. */
export interface ServerRetention {
  /** Days, today not counted. At least 1. */
  days?: number;
  /** Bytes of all spans in the database, indexes included. */
  maxBytes?: number;
}

/** Where log lines go, and from which level on. */
export interface ServerLogging {
  /** Default `warn`: nothing while all is well. */
  level?: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';
  /** Takes one JSON line a call. Default: standard error. */
  stream?: { write(line: string): void };
}

/** Options of `startServer`. Without `databaseUrl` and `dataDir` the store is in memory and ends with the server. */
export interface ServerOptions {
  /** Address to listen on. Any but a loopback address needs an API key in the store. Default `127.0.0.1`. */
  host?: string;
  /** 0 to 65535; 0 takes a free port. Default 4600. */
  port?: number;
  /** PostgreSQL or Citus: `postgres://user:password@host:port/database`. */
  databaseUrl?: string;
  /** Directory of an embedded PGlite database, made where missing. */
  dataDir?: string;
  logger?: ServerLogging;
  limits?: ServerLimits;
  /** What is kept; checked at the start and every hour. Default: everything. */
  retention?: ServerRetention;
}

const limits = z.strictObject({
  bodyBytes: z
    .int()
    .positive()
    .default(64 * MiB),
  queueBytes: z
    .int()
    .positive()
    .default(64 * MiB),
  closeTimeoutMs: z.int().nonnegative().default(10_000),
  queryTimeoutMs: z
    .int()
    .positive()
    .max(2 ** 31 - 1)
    .exactOptional(),
});

const logger = z.strictObject({
  level: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('warn'),
  stream: z
    .custom<{ write(line: string): void }>(
      (stream) => typeof (stream as { write?: unknown } | null)?.write === 'function',
      'expected an object with a `write(line)` method',
    )
    .default(process.stderr),
});

const retention = z.strictObject({
  days: z.int().positive().exactOptional(),
  maxBytes: z.int().positive().exactOptional(),
});

const options = z
  .strictObject({
    host: z.string().min(1).default('127.0.0.1'),
    port: z.int().min(0).max(65_535).default(4600),
    databaseUrl: z
      .string()
      .regex(/^postgres(ql)?:\/\//, 'expected postgres://user:password@host:port/database')
      .exactOptional(),
    dataDir: z.string().min(1).exactOptional(),
    logger: logger.prefault({}),
    limits: limits.prefault({}),
    retention: retention.prefault({}),
  })
  .refine((given) => given.databaseUrl === undefined || given.dataDir === undefined, {
    path: ['dataDir'],
    error: 'given together with `databaseUrl`; a server has one store: leave one of them out',
  })
  .refine((given) => given.limits.queueBytes >= given.limits.bodyBytes, {
    path: ['limits', 'queueBytes'],
    error: 'smaller than `limits.bodyBytes`, so the largest body could never be taken; raise it',
  });

/** The names accepted, by where they stand. */
const KNOWN = {
  '': Object.keys(options.shape),
  logger: Object.keys(logger.shape),
  limits: Object.keys(limits.shape),
  retention: Object.keys(retention.shape),
};

/** Options with every default filled in. */
export type ServerSettings = z.output<typeof options>;

/**
 * Checks options and fills in the defaults.
 *
 * @throws {ServerError} `invalid_options`, naming every option that is wrong.
 */
export function resolveOptions(given: ServerOptions): ServerSettings {
  const parsed = options.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new ServerError('invalid_options', `startServer: ${describeIssues(parsed.error, KNOWN)}`);
}
