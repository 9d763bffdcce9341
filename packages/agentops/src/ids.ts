import type { IdGenerator } from '@opentelemetry/sdk-trace';
import { RandomIdGenerator } from '@opentelemetry/sdk-trace';
import { v7 } from 'uuid';

/** 32 hex digits with or without a UUID's dashes. */
const TRACE_ID = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;

/** The trace id of a session: its UUID without dashes. Undefined where `sessionId` is no usable 128-bit id. */
export function toTraceId(sessionId: string): string | undefined {
  if (!TRACE_ID.test(sessionId)) return undefined;
  const traceId = sessionId.replaceAll('-', '').toLowerCase();
  return /^0+$/.test(traceId) ? undefined : traceId;
}

/** The session id of a trace: its 32 hex digits in the form of a UUID. */
export function toSessionId(traceId: string): string {
  return `${traceId.slice(0, 8)}-${traceId.slice(8, 12)}-${traceId.slice(12, 16)}-${traceId.slice(16, 20)}-${traceId.slice(20)}`;
}

/**
 * Trace ids are UUIDv7: they sort by time, and their session's day can be read from them. `withTraceId` makes one
 * span start under a given id; OpenTelemetry offers no other way to choose a trace's id.
 */
export class SessionIdGenerator implements IdGenerator {
  readonly #random = new RandomIdGenerator();
  #next: string | undefined;

  generateTraceId = (): string => {
    // With options, if empty ones: without, ids of one millisecond count up, and sampling takes their bits for random.
    const traceId = this.#next ?? v7({}).replaceAll('-', '');
    this.#next = undefined;
    return traceId;
  };

  generateSpanId = (): string => this.#random.generateSpanId();

  /** Runs `startRoot`, whose first root span gets `traceId`. The choice never outlives the call. */
  withTraceId<T>(traceId: string, startRoot: () => T): T {
    this.#next = traceId;
    try {
      return startRoot();
    } finally {
      this.#next = undefined;
    }
  }
}
