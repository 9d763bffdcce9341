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

/** Ids that a span is to start under. */
export interface ChosenIds {
  readonly traceId: string;
  readonly spanId?: string | undefined;
}

/**
 * Trace ids are UUIDv7: they sort by time, and their session's day can be read from them. `withIds` makes one root span
 * start under given ids; OpenTelemetry offers no other way to choose them.
 */
export class SessionIdGenerator implements IdGenerator {
  readonly #random = new RandomIdGenerator();
  #traceId: string | undefined;
  #spanId: string | undefined;

  generateTraceId = (): string => {
    // With options, if empty ones: without, ids of one millisecond count up, and sampling takes their bits for random.
    const traceId = this.#traceId ?? v7({}).replaceAll('-', '');
    this.#traceId = undefined;
    return traceId;
  };

  generateSpanId = (): string => {
    const spanId = this.#spanId ?? this.#random.generateSpanId();
    this.#spanId = undefined;
    return spanId;
  };

  /** Runs `startRoot`, whose first root span gets these ids. The choice never outlives the call. */
  withIds<T>({ traceId, spanId }: ChosenIds, startRoot: () => T): T {
    this.#traceId = traceId;
    this.#spanId = spanId;
    try {
      return startRoot();
    } finally {
      this.#traceId = undefined;
      this.#spanId = undefined;
    }
  }
}
