import type { Attributes } from '@opentelemetry/api';
import type { BatchConfig, LogsConfig, RetryConfig } from '../config/config.ts';
import type { AgentOpsError } from '../errors.ts';
import type { Reporter } from '../reporter.ts';
import type { Deadline } from '../telemetry/deadline.ts';
import type { LogEntry } from './log-entry.ts';
import type { LogQueue } from './log-queue.ts';
import type { OtelLogs } from './otel-logs.ts';

/** Lines that are kept while OpenTelemetry's logs are being loaded. */
const MAX_EARLY = 1000;

export interface LogExportOptions {
  readonly otlp: Exclude<LogsConfig['otlp'], false>;
  readonly batch: BatchConfig;
  readonly retry: RetryConfig;
  readonly resource: Attributes;
  readonly reporter: Reporter;
}

/**
 * Exports log lines as OpenTelemetry log records. What that takes is loaded when it is constructed and is there some
 * milliseconds later; lines that come before wait for it.
 */
export class LogExport {
  readonly #options: LogExportOptions;
  readonly #opening: Promise<void>;
  #early: LogEntry[] = [];
  #records: OtelLogs | undefined;
  #queue: LogQueue | undefined;
  /** What goes wrong here is said on standard error alone: as a record it would be the next thing to go wrong. */
  #reporting = false;

  constructor(options: LogExportOptions) {
    this.#options = options;
    this.#opening = this.#open().catch((error) => options.reporter.fault('logs.otlp', error));
  }

  emit(entry: LogEntry): void {
    if (this.#reporting) return;
    if (this.#records !== undefined) this.#records.emit(entry);
    else if (this.#early.length < MAX_EARLY) this.#early.push(entry);
  }

  /** Resolves when what was written before is sent, or dropped. */
  async flush(): Promise<void> {
    await this.#opening;
    await this.#queue?.forceFlush();
  }

  /** The program is about to end: nothing waits for a better time any more. */
  hurry(): void {
    void this.#opening.then(() => this.#queue?.hurry());
  }

  /** Sends what it can by `deadline` and drops the rest. Never rejects. */
  async shutdown(deadline: Deadline): Promise<void> {
    await deadline.limit(this.#opening);
    await deadline.limit(this.#queue?.shutdown() ?? Promise.resolve());
    this.#queue?.close();
    this.#records?.release();
  }

  async #open(): Promise<void> {
    const { otlp, batch, retry, resource, reporter } = this.#options;
    const [{ openOtelLogs }, { LogQueue }, { createLogSender }] = await Promise.all([
      import('./otel-logs.ts'),
      import('./log-queue.ts'),
      import('./log-sender.ts'),
    ]);
    const records = openOtelLogs(resource, () => {
      const report = (error: AgentOpsError, level: 'error' | 'warn'): void => this.#report(error, level);
      this.#queue = new LogQueue({ sender: createLogSender(otlp), batch, retry, report });
      return this.#queue;
    });
    if (records.joined)
      reporter.info(
        'logs.otlp: the application has a logger provider of its own, and that gets the log records',
      );
    for (const entry of this.#early.splice(0)) records.emit(entry);
    this.#records = records;
  }

  #report(error: AgentOpsError, level: 'error' | 'warn'): void {
    this.#reporting = true;
    try {
      this.#options.reporter.error(error, level);
    } finally {
      this.#reporting = false;
    }
  }
}
