import { createRequire } from 'node:module';
import type { Logger, LoggerOptions, pino } from 'pino';
import { logContextOf } from './log-context.ts';
import type { LogEntry, LogSink } from './log-entry.ts';

/** Keys that pino writes itself. */
const TAKEN = new Set(['level', 'time', 'msg', 'name']);

const OPTIONS: LoggerOptions = {
  level: 'debug',
  base: null,
  // Errors come as pino would have them; its own serializer takes what is like an error for one.
  serializers: { err: (err: unknown) => err },
  formatters: { level: (label) => ({ level: label }) },
};

/**
 * Lines for machines, written by pino: `level` as a word, `time` in ISO 8601, the message in `msg`, `name` with what the
 * SDK says about itself.
 *
 * @throws where pino cannot be loaded.
 */
export function jsonLines(write: (line: string) => void): LogSink {
  // Not imported: a program that does not ask for JSON should not pay for it at its start.
  const create = createRequire(import.meta.url)('pino') as typeof pino;
  const output = { write: (line: string) => write(line.trimEnd()) };
  const logger: Logger = create({ ...OPTIONS, timestamp: create.stdTimeFunctions.isoTime }, output);
  return (entry) => logger[entry.level](bindingsOf(entry), entry.message);
}

function bindingsOf({ own, context, fields }: LogEntry): Record<string, unknown> {
  const bindings: Record<string, unknown> = { ...(own && { name: 'agentops' }), ...logContextOf(context) };
  for (const [key, value] of Object.entries(fields)) bindings[TAKEN.has(key) ? `${key}_` : key] = value;
  return bindings;
}
