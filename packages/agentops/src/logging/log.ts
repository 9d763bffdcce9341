import { type Context, context } from '@opentelemetry/api';
import type { LogsConfig } from '../config/config.ts';
import { jsonLines } from './json-line.ts';
import { isWanted, type LineLevel, type LogEntry, type LogSink } from './log-entry.ts';
import { failingClosed, type LogRedaction, plainFields } from './plain-fields.ts';
import { StandardError } from './standard-error.ts';
import { textLine } from './text-line.ts';

export interface LogOptions extends Pick<LogsConfig, 'level' | 'format'> {
  /** Applied to messages and fields. Where it throws, the whole of them is masked. */
  readonly redact?: LogRedaction;
}

/** Lines that are written while a line is written (by a rule of the user's, say) go no deeper than this. */
const MAX_DEPTH = 3;

/** What a line has besides level and message. */
export interface LineDetails {
  /** Of the same key in several, the last counts. */
  readonly fields?: readonly object[];
  /** Default: the active one. */
  readonly context?: Context;
  /** True for what the SDK says about itself. */
  readonly own?: boolean;
}

/** Where all log lines go, the SDK's own and those of the user's `logger`: standard error, and whoever else listens. */
export class Log {
  readonly #options: LogOptions;
  readonly #output = new StandardError();
  readonly #redact: LogRedaction | undefined;
  #console: LogSink | undefined;
  #depth = 0;
  /** Also gets every line; set where log records are exported. */
  sink: LogSink | undefined;

  constructor(options: LogOptions) {
    this.#options = options;
    this.#redact = options.redact && failingClosed(options.redact);
  }

  isEnabled(level: LineLevel): boolean {
    return isWanted(level, this.#options.level);
  }

  /** Writes a line where its level is wanted. Never throws. */
  write(level: LineLevel, message: string, details: LineDetails = {}): void {
    if (!this.isEnabled(level) || this.#depth >= MAX_DEPTH) return;
    this.#depth += 1;
    try {
      const entry: LogEntry = {
        level,
        message: this.#redact?.text(message) ?? message,
        fields: plainFields(details.fields ?? [], this.#redact),
        context: details.context ?? context.active(),
        time: Date.now(),
        own: details.own ?? false,
      };
      this.sink?.(entry);
      this.#console ??= this.#open();
      this.#console(entry);
    } catch {
      // A standard error that cannot be opened: there is nobody left to tell.
    } finally {
      this.#depth -= 1;
    }
  }

  #open(): LogSink {
    const write = (line: string): void => this.#output.write(line);
    const text: LogSink = (entry) => write(textLine(entry));
    if (this.#options.format === 'text') return text;
    try {
      return jsonLines(write);
    } catch (error) {
      write(`agentops warn: logs.format json needs pino, which cannot be loaded; lines are text (${error})`);
      return text;
    }
  }
}
