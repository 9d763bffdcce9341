import { type Context, context, type Span } from '@opentelemetry/api';
import type { Config } from '../config/config.ts';
import { AgentOpsError } from '../errors.ts';
import type { Reporter } from '../reporter.ts';
import type { TelemetryManager } from '../telemetry/telemetry-manager.ts';
import type { OpenSessions } from './open-sessions.ts';
import { scopeOf } from './scope.ts';
import { Session, type StartSessionOptions } from './session.ts';

/** Owns the lifecycles of sessions and knows which one a call outside a session object means. */
export class SessionManager {
  readonly #open: OpenSessions;
  readonly #telemetry: TelemetryManager;
  readonly #reporter: Reporter;
  readonly #mode: 'single' | 'multi';
  readonly #autoStart: boolean;
  /** The session nobody asked for. As soon as there is another, that is the one that is meant. */
  #implicit: Session | undefined;

  constructor(
    telemetry: TelemetryManager,
    open: OpenSessions,
    reporter: Reporter,
    { mode, autoStart }: Pick<Config['session'], 'mode' | 'autoStart'>,
  ) {
    this.#telemetry = telemetry;
    this.#open = open;
    this.#reporter = reporter;
    this.#mode = mode;
    this.#autoStart = autoStart;
  }

  /** The sessions that have not ended. */
  get open(): readonly Session[] {
    return this.#open.all();
  }

  /** Starts a session at once. Several may be open in either mode; what `single` adds is a default. */
  start(options: StartSessionOptions = {}): Session {
    return new Session(options, { telemetry: this.#telemetry, open: this.#open, reporter: this.#reporter });
  }

  /**
   * The session that work in `active` belongs to: the one it runs in; else, in `single` mode, the one that is open.
   * Undefined where there is none.
   */
  current(active: Context = context.active()): Session | undefined {
    return this.#within(active) ?? (this.#mode === 'single' ? this.#only() : undefined);
  }

  /**
   * Like `current`, but in `single` mode a session is started where none is open. Where no session can be meant, the
   * call named by `caller` is refused: reported with the way out, and undefined.
   */
  require(caller: string, active: Context = context.active()): Session | undefined {
    const session = this.adopt(active);
    if (session === undefined) this.#refuse(caller);
    return session;
  }

  /**
   * Like `require`, for spans of libraries that know no sessions: where none can be meant, they are not refused but stay
   * outside of any.
   */
  adopt(active: Context = context.active()): Session | undefined {
    return this.current(active) ?? this.#startImplicit();
  }

  /**
   * The session of another process that `span` is part of, as far as it is this process's: what runs in it hangs below
   * that span. `end` leaves it.
   */
  join(name: string, span: Span): Session {
    const services = { telemetry: this.#telemetry, open: this.#open, reporter: this.#reporter };
    return new Session({ name }, { ...services, joined: span });
  }

  /** The open session that `span` is part of. */
  of(span: Span): Session | undefined {
    return this.#open.of(this.#telemetry.traceIdOf(span));
  }

  /** Ends every open session as `Indeterminate` for `reason`. */
  endAll(reason: string): void {
    for (const session of this.#open.all()) session.end('Indeterminate', reason);
  }

  #startImplicit(): Session | undefined {
    if (this.#mode !== 'single' || !this.#autoStart || this.#open.size > 0) return undefined;
    this.#implicit = this.start();
    return this.#implicit;
  }

  #only(): Session | undefined {
    if (this.#implicit?.endState !== undefined) this.#implicit = undefined;
    return this.#open.only(this.#implicit);
  }

  #within(active: Context): Session | undefined {
    const scope = scopeOf(active);
    if (scope !== undefined) return scope.session;
    const span = this.#telemetry.currentSpan(active);
    return span === undefined ? undefined : this.#open.of(this.#telemetry.traceIdOf(span));
  }

  #refuse(caller: string): void {
    const size = this.#open.size;
    this.#reporter.error(
      size > 0 && (this.#mode === 'multi' || size > 1)
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
