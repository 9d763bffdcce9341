import type { Span, SpanContext } from '@opentelemetry/api';
import type { Reporter } from '../reporter.ts';
import type { TelemetryManager } from '../telemetry/telemetry-manager.ts';
import type { Time } from '../time.ts';
import type { OpenSessions } from './open-sessions.ts';
import type { Session } from './session.ts';
import type { DetachedRoot } from './session-reference.ts';

/** What a session starts with; all optional. */
export interface StartSessionOptions {
  /** Default `session`. */
  readonly name?: string | undefined;
  /** A UUID or 32 hex digits, for an id made elsewhere. Default: a new UUIDv7. */
  readonly id?: string | undefined;
  readonly tags?: readonly string[] | undefined;
  /** Values of your own; whatever is no attribute value is kept as JSON. */
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
  /** The person the run was for. Stands on every span. */
  readonly userId?: string | undefined;
  /** The conversation the run belongs to. Stands on every span. */
  readonly conversationId?: string | undefined;
  /** Default: now. */
  readonly startTime?: Time | undefined;
}

/** What a session is given by its manager. */
export interface SessionServices {
  readonly telemetry: TelemetryManager;
  readonly open: OpenSessions;
  readonly reporter: Reporter;
  /** Where the session is another process's: what of it is this process's. */
  readonly part?: SessionPart;
  /** Where the session was detached by another process: its root. */
  readonly resumed?: ResumedRoot;
}

/** A part of a session whose root is in another process. */
export interface SessionPart {
  readonly traceId: string;
  /** Starts the span that stands for the part. */
  readonly start: (session: Session) => Span;
}

export interface ResumedRoot extends DetachedRoot {
  readonly spanContext: SpanContext;
}
