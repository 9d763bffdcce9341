import {
  type Attributes,
  type AttributeValue,
  type Context,
  context,
  type HrTime,
  type Link,
  ROOT_CONTEXT,
  type Span,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
import { hrTimeDuration, hrTimeToMilliseconds } from '@opentelemetry/core';
import { AgentOpsError } from '../errors.ts';
import type { AgentOpsEvent } from '../events/event.ts';
import { recordEvent } from '../events/event-processor.ts';
import { toSessionId, toTraceId } from '../ids.ts';
import { SpanHandle } from '../instrumentation/span-handle.ts';
import { toJson } from '../json.ts';
import type { Reporter } from '../reporter.ts';
import * as attr from '../semconv/attributes.ts';
import type { NamedSpanKind } from '../semconv/span-kinds.ts';
import { messageOf } from '../telemetry/failure.ts';
import type { TelemetryManager } from '../telemetry/telemetry-manager.ts';
import { hrNow, type Time, toHrTime, toIsoTime } from '../time.ts';
import { type Agent, type AgentOptions, AgentRegistry } from './agent.ts';
import { type EndState, isEndState, toSpanStatus } from './end-state.ts';
import { innermostContext } from './framework-context.ts';
import type { OpenSessions } from './open-sessions.ts';
import { enter, scopeOf } from './scope.ts';
import type { SessionTelemetryData } from './telemetry-data.ts';
import { SessionTotals } from './totals.ts';

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
  /** The span of this process that a session of another one goes on in: its trace is the session's. */
  readonly joined?: Span;
}

/**
 * One run of an agent program: the root of one trace. Its id is the trace's id in the form of a UUID.
 *
 * A session stays open until `end`; work done in `run` belongs to it, and so does every span below it. Spans that
 * arrive after the end still join the trace, and the end state stays.
 */
export class Session {
  readonly id: string;
  /** The id without dashes, as OpenTelemetry and Jaeger show it. */
  readonly traceId: string;
  readonly name: string;
  /** The root span: add attributes of your own, but leave its end to `end`. */
  readonly span: Span;
  /** @internal What `telemetry` shows; the span processor adds to it. */
  readonly totals = new SessionTotals();

  readonly #services: SessionServices;
  readonly #agents: AgentRegistry;
  readonly #startTime: HrTime;
  #tags: readonly string[];
  #userId: string | undefined;
  #conversationId: string | undefined;
  #end: { state: EndState; reason: string | undefined; time: HrTime } | undefined;

  constructor(options: StartSessionOptions, services: SessionServices) {
    const { telemetry, open, reporter } = services;
    this.#services = services;
    this.#agents = new AgentRegistry(this, telemetry);
    this.name = options.name ?? 'session';
    this.#tags = [...(options.tags ?? [])];
    this.#userId = options.userId;
    this.#conversationId = options.conversationId;

    this.#startTime = this.#timeOf('startSession: startTime', options.startTime);
    this.span =
      services.joined ??
      telemetry.startRoot(
        this.name,
        {
          startTime: this.#startTime,
          links: enclosingSpan(),
          attributes: {
            [attr.ATTR_AGENTOPS_SPAN_KIND]: 'session',
            [attr.ATTR_SESSION_NAME]: this.name,
            ...(this.#tags.length > 0 && { [attr.ATTR_SESSION_TAGS]: [...this.#tags] }),
            ...(options.userId !== undefined && { [attr.ATTR_USER_ID]: options.userId }),
            ...(options.conversationId !== undefined && {
              [attr.ATTR_GEN_AI_CONVERSATION_ID]: options.conversationId,
            }),
            ...reporter.guard('startSession', () => metadataAttributes(options.metadata ?? {})),
          },
        },
        this.#traceIdFor(options.id),
      );
    this.traceId = telemetry.traceIdOf(this.span);
    this.id = toSessionId(this.traceId);
    open.add(this);
    reporter.info(`session ${this.id} (${this.name}) started`, this.#root);
  }

  /** @internal False where telemetry is off: there is no span then, and nothing may be put into the context. */
  get isRecorded(): boolean {
    return this.#services.telemetry.enabled;
  }

  /** How the session ended; undefined while it runs. */
  get endState(): EndState | undefined {
    return this.#end?.state;
  }

  get endStateReason(): string | undefined {
    return this.#end?.reason;
  }

  get tags(): readonly string[] {
    return this.#tags;
  }

  get userId(): string | undefined {
    return this.#userId;
  }

  get conversationId(): string | undefined {
    return this.#conversationId;
  }

  /** What the session did so far, shaped like the backend's session document. A copy: later spans do not change it. */
  get telemetry(): SessionTelemetryData {
    return {
      session_id: this.id,
      trace_id: this.traceId,
      name: this.name,
      end_state: this.#end?.state ?? null,
      end_state_reason: this.#end?.reason ?? null,
      started_at: toIsoTime(this.#startTime),
      ended_at: this.#end === undefined ? null : toIsoTime(this.#end.time),
      duration_ms: Math.max(
        0,
        hrTimeToMilliseconds(hrTimeDuration(this.#startTime, this.#end?.time ?? hrNow())),
      ),
      counts: { ...this.totals.counts },
      tokens: { ...this.totals.tokens },
      cost: this.totals.cost,
      tags: [...this.#tags],
      user_id: this.#userId ?? null,
      conversation_id: this.#conversationId ?? null,
    };
  }

  /** @internal `base` with `span` as the current one. */
  contextWith(base: Context, span: Span): Context {
    return this.#services.telemetry.contextWith(base, span);
  }

  /** The context whose spans belong to this session and, where one is named, to that agent's span. */
  contextOf(agentId?: string, base: Context = context.active()): Context {
    if (agentId !== undefined) return this.#agents.obtain(agentId).contextIn(base);
    const innermost = innermostContext(base);
    const active = this.#services.telemetry.currentSpan(innermost);
    const scope = scopeOf(innermost);
    const inside =
      active !== undefined &&
      // Asked first, since most are: checking an id takes longer than comparing it.
      (active.spanContext().traceId === this.traceId ||
        this.#services.telemetry.traceIdOf(active) === this.traceId);
    if (inside && scope?.session === this) return innermost;
    return enter(innermost, inside ? active : this.span, { session: this });
  }

  /** Runs `fn` in this session: every span it makes, also asynchronously, belongs to it. */
  run<T>(fn: (session: this) => T): T {
    return context.with(this.contextOf(), () => fn(this));
  }

  /** The context of the session itself: for what is said about it, wherever it is said. */
  get #root(): Context {
    return enter(ROOT_CONTEXT, this.span, { session: this });
  }

  /** @internal The `agent` helper starts its agents here. */
  get agents(): AgentRegistry {
    return this.#agents;
  }

  /** @internal Helpers start their spans here, below the current span of this session. */
  startSpan(kind: NamedSpanKind, name: string, attributes?: Attributes): SpanHandle {
    return new SpanHandle(this.#services.telemetry, kind, name, this.contextOf(), attributes);
  }

  /** Starts an agent whose end is yours to say; `agent(name, fn)` does both around a function. */
  startAgent(options: string | AgentOptions): Agent {
    return this.#agents.startUnattended(options);
  }

  /**
   * Turns `event` into a span with the event's own times, below the agent it names, else below the current span of
   * this session. The event carries back its `traceId` and `spanId`. Never throws.
   *
   * @param within Context of the span to hang below instead.
   */
  record<E extends AgentOpsEvent>(event: E, within?: Context): E {
    const { reporter, telemetry } = this.#services;
    reporter.guard('session.record', () => recordEvent(event, this, telemetry, within));
    return event;
  }

  /** Adds tags to those the session has. */
  addTags(...tags: string[]): void {
    this.#tags = [...new Set([...this.#tags, ...tags])];
    this.span.setAttribute(attr.ATTR_SESSION_TAGS, [...this.#tags]);
  }

  /** Values of your own on the session; the same key again replaces the value. */
  setMetadata(metadata: Readonly<Record<string, unknown>>): void {
    this.#services.reporter.guard('session.setMetadata', () => {
      this.span.setAttributes(metadataAttributes(metadata));
    });
  }

  /** The person the run is for; on every span started from now on. */
  setUser(userId: string): void {
    this.#userId = userId;
    this.span.setAttribute(attr.ATTR_USER_ID, userId);
  }

  /** The conversation the run belongs to; on every span started from now on. */
  setConversation(conversationId: string): void {
    this.#conversationId = conversationId;
    this.span.setAttribute(attr.ATTR_GEN_AI_CONVERSATION_ID, conversationId);
  }

  /**
   * Ends the session. `Success` sets the root's status to OK, `Fail` to ERROR with `reason`. Ending it a second time
   * changes nothing and is reported.
   *
   * @param reason Of an `Error`, its message is taken.
   */
  end(state: EndState = 'Indeterminate', reason?: string | Error, endTime?: Time): void {
    const { open, reporter, telemetry } = this.#services;
    reporter.guard('session.end', () => {
      if (this.#services.joined !== undefined) {
        // The end of a session that goes on elsewhere is for its own process to say.
        this.#agents.endAll();
        open.delete(this);
        return;
      }
      if (this.#end !== undefined) {
        throw new AgentOpsError(
          'session_ended',
          `session ${this.id} has already ended (${this.#end.state}); end it once, the second call changed nothing`,
        );
      }
      if (!isEndState(state)) {
        reporter.error(
          new AgentOpsError(
            'invalid_argument',
            `session.end: state ${JSON.stringify(state)} is none of Success, Fail, Indeterminate; ended as Indeterminate`,
          ),
        );
      }
      const endState = isEndState(state) ? state : 'Indeterminate';
      const why = reason === undefined ? undefined : messageOf(reason);
      this.#agents.endAll();
      if (endState === 'Fail') this.totals.addFailure(this.span.spanContext().spanId);
      this.span.setAttributes(this.#endAttributes(endState, why));
      this.span.setStatus(toSpanStatus(endState, why));
      const time = this.#timeOf('session.end: endTime', endTime);
      const recorded = this.span.isRecording();
      this.span.end(time);
      this.#end = { state: endState, reason: why, time };
      open.delete(this);
      telemetry.metrics.sessionEnded({
        state: endState,
        seconds: Math.max(0, hrTimeToMilliseconds(hrTimeDuration(this.#startTime, time)) / 1000),
        sampled: (this.span.spanContext().traceFlags & TraceFlags.SAMPLED) !== 0,
        recorded,
        spans: this.totals.counts.spans,
        cost: this.totals.cost,
      });
      reporter.info(
        `session ${this.id} (${this.name}) ended: ${endState}${why === undefined ? '' : `, ${why}`}`,
        this.#root,
      );
    });
  }

  /** `using session = startSession()`: a session that nobody ended is `Indeterminate`. */
  [Symbol.dispose](): void {
    if (this.#end === undefined) this.end();
  }

  /** The trace id for an id of the user's own. A new one, which is undefined here, for what is no id, or is taken. */
  #traceIdFor(id: string | undefined): string | undefined {
    if (id === undefined) return undefined;
    const { open, reporter } = this.#services;
    const traceId = toTraceId(id);
    const isTaken = traceId !== undefined && open.of(traceId) !== undefined;
    if (traceId !== undefined && !isTaken) return traceId;
    const problem = isTaken ? 'belongs to a session that is open' : 'is no UUID and no 32 hex digits';
    reporter.error(
      new AgentOpsError(
        'invalid_argument',
        `startSession: id ${JSON.stringify(id)} ${problem}; the session got a new id`,
      ),
    );
    return undefined;
  }

  /** Now, where no time is given or what is given is none: a session is never lost for one. */
  #timeOf(argument: string, time: Time | undefined): HrTime {
    if (time === undefined) return hrNow();
    try {
      return toHrTime(time);
    } catch (cause) {
      const message = `${argument}: ${messageOf(cause)}; now was taken`;
      this.#services.reporter.error(new AgentOpsError('invalid_argument', message, { cause }));
      return hrNow();
    }
  }

  #endAttributes(state: EndState, reason: string | undefined): Record<string, AttributeValue> {
    const { counts, tokens, cost } = this.totals;
    return {
      [attr.ATTR_SESSION_END_STATE]: state,
      ...(reason !== undefined && { [attr.ATTR_SESSION_END_STATE_REASON]: reason }),
      ...prefixed(attr.ATTR_SESSION_COUNT_PREFIX, counts),
      ...prefixed(attr.ATTR_SESSION_TOKENS_PREFIX, tokens),
      ...(cost !== null && { [attr.ATTR_SESSION_COST]: cost }),
    };
  }
}

/** A session started inside another span (an HTTP handler's) is a new root linked to it. */
function enclosingSpan(): Link[] {
  const active = trace.getSpanContext(context.active());
  return active !== undefined && trace.isSpanContextValid(active) ? [{ context: active }] : [];
}

function prefixed(prefix: string, values: object): Record<string, AttributeValue> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [prefix + key, value]));
}

function metadataAttributes(metadata: Readonly<Record<string, unknown>>): Attributes {
  const attributes: Attributes = {};
  for (const [key, value] of Object.entries(metadata)) {
    const attributeValue = toAttributeValue(value);
    if (attributeValue !== undefined) attributes[attr.ATTR_SESSION_METADATA_PREFIX + key] = attributeValue;
  }
  return attributes;
}

function toAttributeValue(value: unknown): AttributeValue | undefined {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
  return toJson(value);
}
