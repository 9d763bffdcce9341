import type { Context } from '@opentelemetry/api';
import { messageOf } from '../telemetry/failure.ts';
import type { Log } from './log.ts';
import type { LineLevel } from './log-entry.ts';

/**
 * Writes one line: a message, or fields and a message, as pino has it. An error in the place of the fields is kept with
 * its stack, under `err`. Never throws, whatever the fields hold.
 */
export interface LogMethod {
  (message: string): void;
  (fields: object, message?: string): void;
}

/**
 * Log lines with trace, span, session, agent and event type of where they are written. Level, format and export are
 * those of `logs` in the options of `init`; before `init` lines from `warn` on are written as text.
 */
export interface Logger {
  readonly debug: LogMethod;
  readonly info: LogMethod;
  readonly warn: LogMethod;
  readonly error: LogMethod;
  /** A logger whose lines all have `fields` too. */
  child(fields: object): Logger;
  /** False where lines of this level are not written: to spare the work for them. */
  isEnabled(level: LineLevel): boolean;
}

/** Where the lines of the moment go. Asked for each line: a logger may be older than `init`. */
export interface LogDestination {
  readonly log: Log;
  /** The context of a line that is written now. */
  context(): Context;
}

export function createLogger(destination: () => LogDestination, bindings: readonly object[] = []): Logger {
  const at =
    (level: LineLevel): LogMethod =>
    (first: string | object, message?: string): void => {
      try {
        const target = destination();
        if (!target.log.isEnabled(level)) return;
        const { text, fields } = partsOf(first, message);
        target.log.write(level, text, { fields: [...bindings, fields], context: target.context() });
      } catch {
        // A message that cannot be made a text.
      }
    };
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: (fields) => createLogger(destination, [...bindings, fields]),
    isEnabled: (level) => destination().log.isEnabled(level),
  };
}

function partsOf(first: unknown, message: string | undefined): { text: string; fields: object } {
  if (first instanceof Error) return { text: message ?? messageOf(first), fields: { err: first } };
  if (typeof first === 'object' && first !== null) return { text: message ?? '', fields: first };
  return { text: String(first), fields: {} };
}
