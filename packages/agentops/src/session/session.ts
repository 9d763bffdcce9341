import {
  type Attributes,
  type Context,
  context,
  ROOT_CONTEXT,
  type Span,
  TraceFlags,
} from '@opentelemetry/api';
import type { AgentOpsEvent } from '../events/event.ts';
import { recordEvent } from '../events/event-processor.ts';
import { toSessionId } from '../ids.ts';
import { SpanHandle } from '../instrumentation/span-handle.ts';
import * as attr from '../semconv/attributes.ts';
import type { NamedSpanKind } from '../semconv/span-kinds.ts';
import { messageOf } from '../telemetry/failure.ts';
import { carrierSetter } from '../telemetry/propagation/carrier.ts';
import { type InjectOptions, toInjectOptions } from '../telemetry/propagation/inject-options.ts';
import { type Time, toIsoTime, toNanos } from '../time.ts';
import { type Agent, type AgentOptions, AgentRegistry } from './agent.ts';
import type { EndState } from './end-state.ts';
import { innermostContext } from './framework-context.ts';
import { metadataAttributes } from './root-attributes.ts';
import { endRootSpan, startRootSpan } from './root-span.ts';
import { enter, scopeOf } from './scope.ts';
import { SessionLife } from './session-life.ts';
import type { SessionServices, StartSessionOptions } from './session-options.ts';
import { referenceTo, type SessionReference } from './session-reference.ts';
import type { SessionTelemetryData } from './telemetry-data.ts';
import { SessionTotals } from './totals.ts';
import { usableEndState, usableTime } from './usable-values.ts';

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
  readonly totals: SessionTotals;

  readonly #services: SessionServices;
  readonly #agents: AgentRegistry;
  readonly #life: SessionLife;
  readonly #soon = new Set<() => void>();
  #tags: readonly string[];
  #userId: string | undefined;
  #conversationId: string | undefined;

  constructor(options: StartSessionOptions, services: SessionServices) {
    const { telemetry, open, reporter } = services;
    this.#services = services;
    this.#agents = new AgentRegistry(this, telemetry);
    this.name = options.name ?? 'session';
    this.#tags = [...(options.tags ?? [])];
    this.#userId = options.userId;
    this.#conversationId = options.conversationId;

    this.totals = new SessionTotals(services.resumed?.totals);
    const startTime = usableTime('startSession: startTime', options.startTime, reporter);
    this.#life = new SessionLife(startTime, services.part !== undefined);
    if (services.part !== undefined) {
      // Known before the span, which carries it.
      this.traceId = services.part.traceId;
      this.id = toSessionId(this.traceId);
      this.span = services.part.start(this);
    } else {
      this.span = startRootSpan(options, startTime, services);
      this.traceId = telemetry.traceIdOf(this.span);
      this.id = toSessionId(this.traceId);
    }
    open.add(this);
    reporter.info(`session ${this.id} (${this.name}) ${this.#beginning}`, this.#root);
  }

  /** @internal False where telemetry is off: there is no span then, and nothing may be put into the context. */
  get isRecorded(): boolean {
    return this.#services.telemetry.enabled;
  }

  /** @internal True where the session is another process's, of which only a part is here. */
  get isPart(): boolean {
    return this.#services.part !== undefined;
  }

  /** True from `detach` on: the session goes on elsewhere. */
  get isDetached(): boolean {
    return this.#life.isDetached;
  }

  /** How the session ended; undefined while it runs. */
  get endState(): EndState | undefined {
    return this.#life.end?.state;
  }

  get endStateReason(): string | undefined {
    return this.#life.end?.reason;
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
    const { startTime, end, durationMs } = this.#life;
    return {
      session_id: this.id,
      trace_id: this.traceId,
      name: this.name,
      end_state: end?.state ?? null,
      end_state_reason: end?.reason ?? null,
      started_at: toIsoTime(startTime),
      ended_at: end === undefined ? null : toIsoTime(end.time),
      duration_ms: durationMs,
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

  /**
   * Writes where this session is at into `carrier`, for whoever goes on with it: the current span of the session, else its
   * root. Returns `carrier`. See {@link TraceContext.inject}.
   */
  propagateContext<Carrier extends object>(carrier: Carrier, options?: InjectOptions<Carrier>): Carrier {
    const { reporter, telemetry } = this.#services;
    reporter.guard('session.propagateContext', () => {
      const { setter = carrierSetter, to } = toInjectOptions(options);
      telemetry.propagation.inject(this.contextOf(), carrier, setter, to);
    });
    return carrier;
  }

  /**
   * Where this session is to be found again: plain data, to be stored. Another process, hours later, goes on with it by
   * `continueSession(reference, fn)`; the end of the session stays this process's to say.
   */
  reference(): SessionReference {
    return referenceTo(this.id, this.span);
  }

  /**
   * Hands the session over: this process lets go of its root, which `resumeSession(reference)` ends, in another process
   * or in this one, however much later. Until then the session is open for those who look at it. In an application's own
   * OpenTelemetry set-up ids cannot be chosen, so the session stays here, which is reported.
   */
  detach(): SessionReference {
    const { open, reporter, telemetry } = this.#services;
    const reference = this.reference();
    const isKept = telemetry.isKept(this.span);
    const detached = reporter.guard('session.detach', () => {
      this.#life.detach(telemetry.joined);
      for (const run of this.#soon) run();
      this.#agents.endAll();
      open.delete(this);
      return {
        name: this.name,
        startTime: String(toNanos(this.#life.startTime)),
        ...telemetry.release(this.span),
        totals: this.totals.snapshot,
      };
    });
    return detached === undefined ? reference : { ...referenceTo(this.id, this.span, isKept), detached };
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

  /** @internal Runs `fn`, which must not throw, at the end of this turn of the event loop, or of the session if that is sooner. */
  soon(fn: () => void): void {
    const run = (): void => {
      if (this.#soon.delete(run)) fn();
    };
    this.#soon.add(run);
    setImmediate(run);
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
      this.#life.assertEndable(this.id);
      const endState = usableEndState(state, reporter);
      const why = reason === undefined ? undefined : messageOf(reason);
      for (const run of this.#soon) run();
      this.#agents.endAll();
      if (endState === 'Fail') this.totals.addFailure(this.span.spanContext().spanId);
      const time = usableTime('session.end: endTime', endTime, reporter);
      const end = { state: endState, reason: why, time };
      const recorded = this.span.isRecording();
      endRootSpan(this.span, end, { telemetry, totals: this.totals });
      this.#life.endWith(end);
      open.delete(this);
      telemetry.metrics.sessionEnded({
        state: endState,
        seconds: this.#life.durationMs / 1000,
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

  /** `using session = startSession()`: a session that nobody ended is `Indeterminate`. Of another process's, nothing ends. */
  [Symbol.dispose](): void {
    if (!this.isPart) this.close();
  }

  /** @internal Ends what nobody has ended, as `Indeterminate`; of another process's session, only lets go. */
  close(reason?: string): void {
    if (this.#services.part !== undefined) this.leave();
    else if (this.#life.isOpen) this.end('Indeterminate', reason);
  }

  /** @internal Lets go of a session that goes on in another process. */
  leave(): void {
    this.#agents.endAll();
    this.#services.open.delete(this);
  }

  get #beginning(): string {
    if (this.#services.part !== undefined) return 'continued';
    return this.#services.resumed === undefined ? 'started' : 'resumed';
  }
}
