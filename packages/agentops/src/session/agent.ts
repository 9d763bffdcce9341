import { randomUUID } from 'node:crypto';
import { type Attributes, type Context, context, type Span } from '@opentelemetry/api';
import type { AgentOpsEvent } from '../events/event.ts';
import { SpanHandle } from '../instrumentation/span-handle.ts';
import * as attr from '../semconv/attributes.ts';
import type { TelemetryManager } from '../telemetry/telemetry-manager.ts';
import { type AgentIdentity, enter, scopeOf, withScope } from './scope.ts';
import type { Session } from './session.ts';
import { UsageTotals } from './usage-totals.ts';

export interface AgentOptions {
  readonly name: string;
  /** Default: the id an agent of this name already has in the session, else a new UUID. */
  readonly id?: string | undefined;
  readonly description?: string | undefined;
}

/** One agent at work in a session. Agents nest: one started inside another is its sub-agent. */
export class Agent implements AgentIdentity {
  readonly id: string;
  readonly name: string;
  readonly session: Session;
  readonly handle: SpanHandle;
  /** What its calls of models have used so far, those of its sub-agents included. */
  readonly usage: UsageTotals;

  constructor(session: Session, identity: AgentIdentity, handle: SpanHandle) {
    this.session = session;
    this.id = identity.id;
    this.name = identity.name;
    this.handle = handle;
    this.usage = identity.usage ?? new UsageTotals();
  }

  get span(): Span {
    return this.handle.span;
  }

  /** `base` with this agent's span as the current one and this agent as the current agent. */
  contextIn(base: Context): Context {
    const { id, name, usage } = this;
    return enter(base, this.span, { session: this.session, agent: { id, name, usage } });
  }

  /** Runs `fn` as this agent: every span it makes, also asynchronously, hangs below the agent. */
  run<T>(fn: (agent: this) => T): T {
    return context.with(this.contextIn(context.active()), () => fn(this));
  }

  /** Records `event` below this agent, whatever agent it names. Never throws. */
  record<E extends AgentOpsEvent>(event: E): E {
    return this.session.record(event, this.contextIn(context.active()));
  }

  /** What went in; see {@link SpanHandle.setInput}. */
  setInput(value: unknown): this {
    this.handle.setInput(value);
    return this;
  }

  /** What came out; see {@link SpanHandle.setOutput}. */
  setOutput(value: unknown): this {
    this.handle.setOutput(value);
    return this;
  }

  /** Attributes of your own. */
  setAttributes(attributes: Attributes): this {
    this.handle.setAttributes(attributes);
    return this;
  }

  /** Ends the agent's span; with `error`, as failed. The second time is ignored. */
  end(error?: unknown): void {
    if (error === undefined) this.handle.succeed();
    else this.handle.fail(error);
    this.session.agents.forget(this);
  }
}

/** The agents of one session, by id. */
export class AgentRegistry {
  readonly #session: Session;
  readonly #telemetry: TelemetryManager;
  readonly #byId = new Map<string, Agent>();
  readonly #idByName = new Map<string, string>();
  /** Agents that run around no function: what nobody has ended by then, the session's end ends. */
  readonly #unattended = new Set<Agent>();

  constructor(session: Session, telemetry: TelemetryManager) {
    this.#session = session;
    this.#telemetry = telemetry;
  }

  /** Starts an agent that the session ends where its user does not. */
  startUnattended(options: string | AgentOptions): Agent {
    const agent = this.start(options);
    this.#unattended.add(agent);
    return agent;
  }

  /** Starts an agent below the current span of the session. */
  start(options: string | AgentOptions, base: Context = context.active()): Agent {
    const { name, id, description }: AgentOptions = typeof options === 'string' ? { name: options } : options;
    const within = this.#session.contextOf(undefined, base);
    const usage = new UsageTotals(scopeOf(within)?.agent?.usage);
    const identity = { name, id: id ?? this.#idByName.get(name) ?? randomUUID(), usage };
    // The agent's own span is already the agent's: its processor reads the id from the context it starts in.
    const parent = withScope(within, {
      session: this.#session,
      agent: identity,
    });
    const handle = new SpanHandle(this.#telemetry, 'agent', name, parent, {
      ...(description !== undefined && { [attr.ATTR_GEN_AI_AGENT_DESCRIPTION]: description }),
    });
    const agent = new Agent(this.#session, identity, handle);
    this.#byId.set(identity.id, agent);
    this.#idByName.set(name, identity.id);
    return agent;
  }

  /** The agent with this id. An unknown id makes that agent, directly below the session. */
  obtain(id: string): Agent {
    // Whoever knows an agent only by its name may call it by that.
    const known = this.#byId.get(id) ?? this.#byId.get(this.#idByName.get(id) ?? '');
    if (known !== undefined) return known;
    const implied = this.start(
      { name: id, id },
      this.#session.contextWith(context.active(), this.#session.span),
    );
    if (this.#session.endState === undefined) this.#unattended.add(implied);
    else implied.end();
    return implied;
  }

  /** Leaves an agent that has ended alone from now on. */
  forget(agent: Agent): void {
    this.#unattended.delete(agent);
  }

  /** Ends what nobody else will. Events that come late still find their agents. */
  endAll(): void {
    for (const agent of this.#unattended) agent.end();
    this.#unattended.clear();
  }
}
