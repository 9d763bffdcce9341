import {
  type Attributes,
  type AttributeValue,
  type Context,
  context,
  propagation,
  type Span,
  type SpanContext,
  trace,
} from '@opentelemetry/api';
import type { Config } from '../config/config.ts';
import { AgentOpsError } from '../errors.ts';
import { PartCall } from '../instrumentation/part-call.ts';
import type { Reporter } from '../reporter.ts';
import * as attr from '../semconv/attributes.ts';
import { type Environment, environmentGetter } from '../telemetry/propagation/environment-carrier.ts';
import { isOfTrustedCaller, withTrustedCaller } from '../telemetry/propagation/trusted-peers.ts';
import type { TelemetryManager } from '../telemetry/telemetry-manager.ts';
import type { OpenSessions } from './open-sessions.ts';
import { enter, isOutsideSessions, type Scope, scopeOf, withScope } from './scope.ts';
import { Session } from './session.ts';
import type { ResumedRoot, SessionPart, SessionServices, StartSessionOptions } from './session-options.ts';

/** A program that forgets to end its sessions must not fill the memory with them. */
const MAX_OPEN = 50_000;

/** A part of a session whose root is in another process. */
export interface Entered<Work> {
  readonly work: Work;
  readonly session: Session;
  /** Where the part's own work runs. */
  readonly context: Context;
  /** The part has ended; the session goes on where it was started. */
  leave(): void;
}

export interface SessionManagerOptions extends Pick<Config['session'], 'mode' | 'autoStart'> {
  /** The session that is started where there is none is a part of the one that this environment names, where it does. */
  readonly inherited?: { readonly environment: Environment; readonly name: string } | undefined;
}

/** Owns the lifecycles of sessions and knows which one a call outside a session object means. */
export class SessionManager {
  readonly #open: OpenSessions;
  readonly #telemetry: TelemetryManager;
  readonly #reporter: Reporter;
  readonly #mode: 'single' | 'multi';
  readonly #autoStart: boolean;
  readonly #inherited: SessionManagerOptions['inherited'];
  /** Sessions of other processes, with the number of their parts that are here. */
  readonly #parts = new Map<Session, number>();
  /** The session nobody asked for. As soon as there is another, that is the one that is meant. */
  #implicit: Session | undefined;

  constructor(
    telemetry: TelemetryManager,
    open: OpenSessions,
    reporter: Reporter,
    { mode, autoStart, inherited }: SessionManagerOptions,
  ) {
    this.#telemetry = telemetry;
    this.#open = open;
    this.#reporter = reporter;
    this.#mode = mode;
    this.#autoStart = autoStart;
    this.#inherited = inherited;
  }

  /** The sessions that have not ended. */
  get open(): readonly Session[] {
    return this.#open.all();
  }

  /** Starts a session at once. Several may be open in either mode; what `single` adds is a default. */
  start(options: StartSessionOptions = {}): Session {
    this.#makeRoom();
    return new Session(options, this.#services);
  }

  /**
   * The session that work in `active` belongs to: the one it runs in; else, in `single` mode, the one that is open. One of
   * which only a part is here is not meant by what runs outside that part, unless this whole process is the part.
   * Undefined where there is none, and where none is meant (see `outsideSessions`).
   */
  current(active: Context = context.active()): Session | undefined {
    return this.within(active) ?? (this.#hasDefault(active) ? this.#only() : undefined);
  }

  /** The session that `active` is inside of. */
  within(active: Context): Session | undefined {
    const scope = scopeOf(active);
    if (scope !== undefined) return scope.session;
    const span = this.#telemetry.currentSpan(active);
    return span === undefined ? undefined : this.#open.of(this.#telemetry.traceIdOf(span));
  }

  /**
   * Like `current`, but in `single` mode a session is started where none is open. Where no session can be meant, the
   * call named by `caller` is refused: reported with the way out, and undefined.
   */
  require(caller: string, active: Context = context.active()): Session | undefined {
    const session = this.adopt(active);
    if (session === undefined) this.#refuse(caller, active);
    return session;
  }

  /**
   * Like `require`, for spans of libraries that know no sessions: where none can be meant, they are not refused but stay
   * outside of any.
   */
  adopt(active: Context = context.active()): Session | undefined {
    return this.current(active) ?? this.#startImplicit(active);
  }

  /**
   * Takes part in the session that `remote` is the context of: what runs in `context` belongs to it and hangs below what
   * `start` starts. Parts that are here at the same time share one session object; a session of this very process is
   * itself.
   */
  enter<Work extends { readonly span: Span }>(
    remote: Context,
    name: string,
    start: (parent: Context) => Work,
  ): Entered<Work> {
    const caller = trace.getSpanContext(remote);
    if (caller === undefined) throw new TypeError('enter: the context has no span');
    let work: Work | undefined;
    const begin = (session: Session): Work => {
      work = start(withScope(this.#below(remote, caller), scopeFrom(remote, session)));
      return work;
    };
    const known = this.#open.of(caller.traceId);
    const session = known ?? this.#takePart(caller.traceId, name, (part) => begin(part).span);
    const begun = work ?? begin(session);
    const leave = this.#hold(session, known === undefined);
    const scope = scopeFrom(remote, session);
    return { work: begun, session, context: enter(this.#below(remote, caller), begun.span, scope), leave };
  }

  /** Goes on with a session that was detached, as its owner. One that is open here already is itself. */
  resume(root: ResumedRoot): Session {
    const { attributes, spanContext } = root;
    const known = this.#open.of(spanContext.traceId);
    // Whoever is busy with a part of it cannot end it.
    if (known !== undefined && !known.isPart) return known;
    const options = {
      name: root.name,
      tags: listOf(attributes[attr.ATTR_SESSION_TAGS]),
      userId: textOf(attributes[attr.ATTR_USER_ID]),
      conversationId: textOf(attributes[attr.ATTR_GEN_AI_CONVERSATION_ID]),
      startTime: BigInt(root.startTime),
    };
    this.#makeRoom();
    return new Session(options, {
      ...this.#services,
      // First, since there is room for so many only.
      resumed: { ...root, attributes: { ...KIND, ...attributes, ...KIND } },
    });
  }

  /** The open session that `span` is part of. */
  of(span: Span): Session | undefined {
    return this.#open.of(this.#telemetry.traceIdOf(span));
  }

  /** Ends every open session as `Indeterminate` for `reason`. */
  endAll(reason: string): void {
    for (const session of this.#open.all()) session.close(reason);
  }

  get #services(): SessionServices {
    return { telemetry: this.#telemetry, open: this.#open, reporter: this.#reporter };
  }

  #takePart(traceId: string, name: string, start: SessionPart['start']): Session {
    return new Session({ name }, { ...this.#services, part: { traceId, start } });
  }

  /** One more part of `session` is here; the last that leaves lets go of it. */
  #hold(session: Session, isNew: boolean): () => void {
    const others = this.#parts.get(session);
    // Started by this process: its end is said by whoever started it.
    if (others === undefined && !isNew) return () => {};
    this.#parts.set(session, (others ?? 0) + 1);
    let left = false;
    return () => {
      if (left) return;
      left = true;
      const remaining = (this.#parts.get(session) ?? 1) - 1;
      this.#parts.set(session, remaining);
      if (remaining > 0) return;
      this.#parts.delete(session);
      session.leave();
    };
  }

  /**
   * Where a part begins: below the caller's span, or below what the application's own set-up has made of that already. Inside
   * the caller's session itself the current span is ours, and says nothing of this caller.
   */
  #below(remote: Context, caller: SpanContext): Context {
    const active = context.active();
    const isBelow =
      scopeOf(active)?.session.traceId !== caller.traceId &&
      this.#telemetry.currentSpan(active)?.spanContext().traceId === caller.traceId;
    const baggage = propagation.getBaggage(remote);
    // The baggage of whatever else this process is at stays out of the caller's session.
    const outside = (): Context => this.#telemetry.contextBelow(propagation.deleteBaggage(active), caller);
    const base = isBelow ? active : withTrustOf(remote, outside());
    return baggage === undefined ? base : propagation.setBaggage(base, baggage);
  }

  #makeRoom(): void {
    if (this.#open.size < MAX_OPEN) return;
    const message = `${MAX_OPEN} sessions are open; the oldest was ended as Indeterminate to make room: end each session, or start it around a function with session(name, fn)`;
    this.#reporter.error(new AgentOpsError('too_many_sessions', message), 'warn');
    this.#open.oldest?.close('too_many_open');
  }

  #hasDefault(active: Context): boolean {
    return this.#mode === 'single' && !isOutsideSessions(active);
  }

  #startImplicit(active: Context): Session | undefined {
    if (!this.#hasDefault(active) || !this.#autoStart || this.#open.ownSize > 0) return undefined;
    this.#implicit = this.#inherit() ?? this.start();
    return this.#implicit;
  }

  /** What this process does is a part of its parent's session. It ends with the process, as all that is still running. */
  #inherit(): Session | undefined {
    if (this.#inherited === undefined) return undefined;
    const { environment, name } = this.#inherited;
    const remote = this.#telemetry.propagation.read(environment, environmentGetter);
    if (trace.getSpanContext(remote) === undefined) return undefined;
    const { session } = this.enter(remote, name, (parent) => new PartCall(this.#telemetry, parent, { name }));
    return session;
  }

  #only(): Session | undefined {
    if (this.#implicit !== undefined && !this.#open.has(this.#implicit)) this.#implicit = undefined;
    return this.#open.ownSize === 0 ? this.#implicit : this.#open.only(this.#implicit);
  }

  #refuse(caller: string, active: Context): void {
    const hasDefault = this.#hasDefault(active);
    const size = hasDefault ? this.#open.ownSize : this.#open.size;
    this.#reporter.error(
      size > (hasDefault ? 1 : 0)
        ? new AgentOpsError(
            'ambiguous_session',
            `${caller}: ${size === 1 ? '1 session is' : `${size} sessions are`} open and the call is in none of them; call it on the session object, or inside session.run()`,
          )
        : new AgentOpsError(
            'no_session',
            `${caller}: no session is open; start one with startSession() or session(name, fn)${
              this.#mode === 'multi' ? ' (multi-session mode starts none by itself)' : ''
            }`,
          ),
      'warn',
    );
  }
}

const KIND: Attributes = { [attr.ATTR_AGENTOPS_SPAN_KIND]: 'session' };

function withTrustOf(remote: Context, base: Context): Context {
  return isOfTrustedCaller(remote) ? withTrustedCaller(base) : base;
}

/** The caller's agent is the nearest one here, until there is another. */
function scopeFrom(remote: Context, session: Session): Scope {
  const id = propagation.getBaggage(remote)?.getEntry(attr.BAGGAGE_AGENT_ID)?.value;
  return id === undefined ? { session } : { session, agent: { id } };
}

function textOf(value: AttributeValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function listOf(value: AttributeValue | undefined): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
