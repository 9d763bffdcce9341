import type { AgentOpsEvent } from './event.ts';
import { BaseEvent, type EventOptions } from './event.ts';

export interface ErrorEventOptions extends EventOptions {
  /** What was thrown; its message and stack are recorded. */
  readonly exception?: unknown;
  /** Default: the exception's name, else `error`. */
  readonly errorType?: string | undefined;
  readonly code?: string | number | undefined;
  readonly details?: unknown;
  readonly logs?: unknown;
  /** The event that failed. Recorded before, its span is linked. */
  readonly triggerEvent?: AgentOpsEvent | undefined;
}

/** An error of the program's own that belongs to the session. */
export class ErrorEvent extends BaseEvent {
  readonly type = 'errors';
  readonly exception: unknown;
  readonly errorType: string;
  readonly code: string | number | undefined;
  readonly details: unknown;
  readonly logs: unknown;
  readonly triggerEvent: AgentOpsEvent | undefined;

  constructor(options: ErrorEventOptions = {}) {
    super(options);
    this.exception = options.exception;
    this.errorType =
      options.errorType ?? (options.exception instanceof Error ? options.exception.name : 'error');
    this.code = options.code;
    this.details = options.details;
    this.logs = options.logs;
    this.triggerEvent = options.triggerEvent;
  }
}
