import { randomUUID } from 'node:crypto';
import type { EventType } from '../semconv/span-kinds.ts';
import { now, type Time, toNanos } from '../time.ts';

/** What every event can be given; all optional. */
export interface EventOptions {
  /** Default: a new UUID. */
  readonly id?: string | undefined;
  /** The agent the event belongs to. Default: the agent at work where the event is recorded. */
  readonly agentId?: string | undefined;
  /** Default: now, when the event is made. */
  readonly startTime?: Time | undefined;
  /** Default: now, when the event is recorded. */
  readonly endTime?: Time | undefined;
  /** What went in. */
  readonly params?: unknown;
  /** What came out. */
  readonly returns?: unknown;
}

/** Something that happened in a session and has times of its own. `session.record` turns it into a span. */
export abstract class BaseEvent {
  abstract readonly type: EventType;
  readonly id: string;
  agentId: string | undefined;
  params: unknown;
  returns: unknown;
  /** Ns since the epoch. */
  readonly startTime: bigint;
  /** Ns since the epoch; undefined until the event is recorded or `finish` is called. */
  endTime: bigint | undefined;
  /** Set when the event is recorded. */
  traceId: string | undefined;
  /** Set when the event is recorded. */
  spanId: string | undefined;

  /** Throws a `TypeError` for times that are none. */
  constructor(options: EventOptions = {}) {
    this.id = options.id ?? randomUUID();
    this.agentId = options.agentId;
    this.params = options.params;
    this.returns = options.returns;
    this.startTime = options.startTime === undefined ? now() : toNanos(options.startTime);
    this.endTime = options.endTime === undefined ? undefined : toNanos(options.endTime);
  }

  /** Sets the end to now, and what came out where it is given. */
  finish(returns?: unknown): this {
    this.endTime = now();
    if (returns !== undefined) this.returns = returns;
    return this;
  }
}

/** The event classes `session.record` takes. */
export type AgentOpsEvent =
  | import('./action-event.ts').ActionEvent
  | import('./llm-event.ts').LLMEvent
  | import('./tool-event.ts').ToolEvent
  | import('./error-event.ts').ErrorEvent;
