import { type Context, diag } from '@opentelemetry/api';
import type { LogLevel } from './config/observability-options.ts';
import { AgentOpsError, type AgentOpsErrorCode } from './errors.ts';
import { type LineDetails, Log } from './logging/log.ts';
import type { LineLevel } from './logging/log-entry.ts';
import { RepeatedLines } from './logging/repeated-lines.ts';

export interface ReporterOptions {
  /** Where lines go. Default: standard error, as text, from `level` on. */
  readonly log?: Log;
  /** Default `warn`. */
  readonly level?: LogLevel;
  /** Called with every internal error. What it throws is ignored. */
  readonly onError?: (error: AgentOpsError) => void;
}

/**
 * Where everything the SDK has to say about itself goes: the log, OpenTelemetry's `diag`, the user's `onError`.
 * Telemetry must never hurt the program it watches, so `guard` is the boundary of every entry point.
 */
export class Reporter {
  readonly #log: Log;
  readonly #onError: ReporterOptions['onError'];
  #telling = false;
  readonly #counts = new Map<AgentOpsErrorCode, number>();
  readonly #repeated = new RepeatedLines();

  constructor({ log, level = 'warn', onError }: ReporterOptions = {}) {
    this.#log = log ?? new Log({ level, format: 'text' });
    this.#onError = onError;
  }

  /** How often each kind of error was reported since the start. */
  get counts(): Readonly<Partial<Record<AgentOpsErrorCode, number>>> {
    return Object.fromEntries(this.#counts);
  }

  /** Runs `fn`. What it throws is reported, and the result is then `undefined`. */
  guard<T>(where: string, fn: () => T): T | undefined {
    try {
      return fn();
    } catch (error) {
      this.fault(where, error);
      return undefined;
    }
  }

  /** Reports what `where` has thrown, or what its promise was rejected with. */
  fault(where: string, error: unknown): void {
    this.error(toAgentOpsError(where, error));
  }

  /**
   * An error that lost something, or a call that could not be carried out.
   *
   * @param topic What it is about, where that stays the same while the words of the message vary. Of one topic there is
   * a line a minute at most.
   */
  error(error: AgentOpsError, level: 'error' | 'warn' = 'error', topic = error.message): void {
    this.#counts.set(error.code, (this.#counts.get(error.code) ?? 0) + 1);
    this.#tell(error);
    const { code, message, cause } = error;
    const line = this.#repeated.admit({ level, message, code, topic });
    // A fault inside the SDK is one to be reported, and that takes its stack.
    const fields = { code, ...(code === 'internal' && cause instanceof Error && { err: cause }) };
    if (line !== undefined) this.#write(level, line, { fields: [fields] });
  }

  /** A handler that fails has nobody left to tell; one that makes errors itself must not be told of them for ever. */
  #tell(error: AgentOpsError): void {
    if (this.#telling) return;
    this.#telling = true;
    try {
      const returned: unknown = this.#onError?.(error);
      if (returned instanceof Promise) returned.catch(() => {});
    } catch {
    } finally {
      this.#telling = false;
    }
  }

  /** For what is no error, and yet to be known by whoever runs the program. */
  warn(message: string): void {
    this.#write('warn', message, {});
  }

  /** @param context What the line is about, where that is not what is running. */
  info(message: string, context?: Context): void {
    this.#write('info', message, { ...(context !== undefined && { context }) });
  }

  /** True where `debug` writes. To be asked first: a line that nobody reads must not even be put together. */
  get debugs(): boolean {
    return this.#log.isEnabled('debug');
  }

  /** @param context What the line is about, where that is not what is running. */
  debug(message: string, context?: Context): void {
    if (this.debugs) this.#write('debug', message, { ...(context !== undefined && { context }) });
  }

  /** Says how often what was told once has happened since. For the end, when it would not be told any more. */
  tellRepeated(): void {
    for (const { level, message, code } of this.#repeated.drain())
      this.#write(level, message, { fields: [{ code }] });
  }

  #write(level: LineLevel, message: string, details: LineDetails): void {
    try {
      diag[level](`agentops: ${message}`);
    } catch {
      // A diag logger that throws.
    }
    this.#log.write(level, message, { ...details, own: true });
  }
}

function toAgentOpsError(where: string, error: unknown): AgentOpsError {
  if (error instanceof AgentOpsError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new AgentOpsError('internal', `${where} failed: ${message}`, { cause: error });
}
