import type { Context } from '@opentelemetry/api';
import type { LogLevel } from '../config/observability-options.ts';

/** How much a line matters. `silent` is a threshold and no line's level. */
export type LineLevel = Exclude<LogLevel, 'silent'>;

const LEVELS: readonly LogLevel[] = ['silent', 'error', 'warn', 'info', 'debug'];

/** True where a line of `level` is wanted at `threshold`. */
export function isWanted(level: LineLevel, threshold: LogLevel): boolean {
  return LEVELS.indexOf(level) <= LEVELS.indexOf(threshold);
}

/** One log line before it is written, in values that JSON can carry. */
export interface LogEntry {
  readonly level: LineLevel;
  readonly message: string;
  /** What the caller said besides the message. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** Where the line belongs: its span, session and agent. */
  readonly context: Context;
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** True for what the SDK says about itself, false for lines of the user's `logger`. */
  readonly own: boolean;
}

/** Something that takes log lines. Must not throw. */
export type LogSink = (entry: LogEntry) => void;
