import { diag } from '@opentelemetry/api';
import type { LogLevel } from './config/observability-options.ts';
import { AgentOpsError, type AgentOpsErrorCode } from './errors.ts';

const LEVELS: readonly LogLevel[] = ['silent', 'error', 'warn', 'info', 'debug'];

export interface ReporterOptions {
  /** Default `warn`. */
  readonly level?: LogLevel;
  /** Called with every internal error. What it throws is ignored. */
  readonly onError?: (error: AgentOpsError) => void;
  /** Writes one line; default standard error. */
  readonly write?: (line: string) => void;
}

/** A message that keeps coming is written the first time, then once in this many milliseconds with its count. */
const REPEAT_INTERVAL_MS = 60_000;

/**
 * Where everything the SDK has to say about itself goes: standard error, OpenTelemetry's `diag`, the user's
 * `onError`. Telemetry must never hurt the program it watches, so `guard` is the boundary of every entry point.
 */
export class Reporter {
  readonly #level: number;
  readonly #onError: ReporterOptions['onError'];
  readonly #write: (line: string) => void;
  #telling = false;
  readonly #counts = new Map<AgentOpsErrorCode, number>();
  readonly #quiet = new Map<string, { until: number; suppressed: number }>();

  constructor(options: ReporterOptions = {}) {
    this.#level = LEVELS.indexOf(options.level ?? 'warn');
    this.#onError = options.onError;
    this.#write = options.write ?? ((line) => void process.stderr.write(`${line}\n`));
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
      this.error(toAgentOpsError(where, error));
      return undefined;
    }
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
    this.#log(level, error.message, `${error.code} ${topic}`);
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

  info(message: string): void {
    this.#log('info', message);
  }

  debug(message: string): void {
    this.#log('debug', message);
  }

  #log(level: Exclude<LogLevel, 'silent'>, message: string, topic?: string): void {
    try {
      const line = topic === undefined ? message : this.#summarise(topic, message);
      if (line === undefined) return;
      diag[level](`agentops: ${line}`);
      if (LEVELS.indexOf(level) <= this.#level) this.#write(`agentops ${level}: ${line}`);
    } catch {
      // A closed standard error or a diag logger that throws.
    }
  }

  #summarise(key: string, message: string): string | undefined {
    const time = Date.now();
    const seen = this.#quiet.get(key);
    if (seen !== undefined && time < seen.until) {
      seen.suppressed += 1;
      return undefined;
    }
    if (this.#quiet.size >= 100) this.#quiet.clear();
    this.#quiet.set(key, { until: time + REPEAT_INTERVAL_MS, suppressed: 0 });
    return seen?.suppressed ? `${message} (and ${seen.suppressed} times more in the last minute)` : message;
  }
}

function toAgentOpsError(where: string, error: unknown): AgentOpsError {
  if (error instanceof AgentOpsError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new AgentOpsError('internal', `${where} failed: ${message}`, { cause: error });
}
