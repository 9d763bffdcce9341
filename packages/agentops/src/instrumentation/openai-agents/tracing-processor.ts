import { type Context, context, type HrTime, type Span, trace } from '@opentelemetry/api';
import * as attr from '../../semconv/attributes.ts';
import type { NamedSpanKind } from '../../semconv/span-kinds.ts';
import { followFramework } from '../../session/framework-context.ts';
import type { Session } from '../../session/session.ts';
import { hrNow } from '../../time.ts';
import { BaseInstrumentation } from '../base-instrumentation.ts';
import { type ModelCallSlot, withModelCallSlot } from '../model-call-slot.ts';
import { SpanHandle } from '../span-handle.ts';
import { recordModelCall } from './model-call.ts';
import type {
  AgentsSpan,
  AgentsSpanData,
  AgentsTrace,
  AgentsTracingOptions,
  AgentsTracingProcessor,
} from './shapes.ts';

/** A running piece of work of the framework's. */
interface Running {
  /** What its own work hangs below. */
  readonly context: Context;
  /** OpenTelemetry's current span when it started: as long as that is the current one, this lies deeper. */
  readonly startedIn: Span | undefined;
  end(data: AgentsSpanData, failure: Error | undefined): void;
}

/** A trace of the framework's: a workflow in a session. */
interface RunningTrace extends Running {
  readonly session: Session;
  readonly spans: Map<string, Running>;
  readonly ended: Set<string>;
}

/**
 * Makes spans of the session out of what `@openai/agents` traces, in the framework's own hierarchy: workflow, agents,
 * model calls, tools, handoffs, guardrails.
 */
export class OpenAIAgentsProcessor extends BaseInstrumentation implements AgentsTracingProcessor {
  override readonly name = 'openai-agents';
  readonly #getCurrentSpan: () => AgentsSpan | null;
  readonly #traces = new Map<string, RunningTrace>();
  #unfollow: (() => void) | undefined;

  constructor({ getCurrentSpan }: AgentsTracingOptions) {
    super();
    this.#getCurrentSpan = getCurrentSpan;
  }

  async onTraceStart({ traceId, name, groupId }: AgentsTrace): Promise<void> {
    this.#unfollow ??= followFramework((active) => this.guard(() => this.#contextBelow(active)));
    this.createSpan(({ telemetry, sessions }, parent) => {
      const session = sessions.current(parent);
      if (session === undefined) return;
      const attributes = groupId ? { [attr.ATTR_GEN_AI_CONVERSATION_ID]: groupId } : {};
      const handle = new SpanHandle(telemetry, 'workflow', name, parent, attributes);
      this.#traces.set(traceId, {
        session,
        context: handle.context,
        startedIn: trace.getSpan(context.active()),
        end: () => handle.succeed(),
        spans: new Map(),
        ended: new Set(),
      });
    });
  }

  async onTraceEnd({ traceId }: AgentsTrace): Promise<void> {
    this.guard(() => {
      const running = this.#traces.get(traceId);
      this.#traces.delete(traceId);
      running?.end({ type: 'trace' }, undefined);
    });
  }

  async onSpanStart(span: AgentsSpan): Promise<void> {
    this.guard(() => this.#obtain(span));
  }

  async onSpanEnd(span: AgentsSpan): Promise<void> {
    this.guard(() => {
      const owner = this.#traces.get(span.traceId);
      const running = owner?.spans.get(span.spanId);
      owner?.spans.delete(span.spanId);
      owner?.ended.add(span.spanId);
      running?.end(span.spanData, failureOf(span));
    });
  }

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {
    this.#unfollow?.();
    this.#unfollow = undefined;
  }

  #contextBelow(active: Context): Context | undefined {
    if (this.#traces.size === 0) return undefined;
    const span = this.#getCurrentSpan();
    const running = span === null ? undefined : this.#obtain(span);
    return running?.startedIn === trace.getSpan(active) ? running?.context : undefined;
  }

  /**
   * The running work of `span`, started if it is not yet: beside other processors this one is told late. Undefined for
   * what has ended or belongs to no trace that is known.
   */
  #obtain(span: AgentsSpan): Running | undefined {
    const owner = this.#traces.get(span.traceId);
    if (owner === undefined || owner.ended.has(span.spanId)) return undefined;
    const known = owner.spans.get(span.spanId);
    if (known !== undefined) return known;
    const active = context.active();
    const startedIn = trace.getSpan(active);
    const above = owner.spans.get(span.parentId ?? '') ?? owner;
    // Whoever opened a span of their own in between is the nearer parent.
    const parent = above.startedIn === startedIn ? above.context : owner.session.contextOf(undefined, active);
    const running = { startedIn, ...this.#start(span, owner.session, parent) };
    owner.spans.set(span.spanId, running);
    return running;
  }

  #start({ spanData }: AgentsSpan, session: Session, parent: Context): Omit<Running, 'startedIn'> {
    switch (spanData.type) {
      case 'agent':
        return this.#startAgent(String(spanData.name), session, parent);
      case 'generation':
      case 'response':
        return this.#startModelCall(parent);
      case 'function':
        return this.#startWork('tool', String(spanData.name), parent, ({ input, output }) => [input, output]);
      case 'guardrail':
        return this.#startWork('guardrail', String(spanData.name), parent, ({ triggered }) => [
          undefined,
          { triggered },
        ]);
      case 'handoff':
        return this.#startWork('action', 'handoff', parent, ({ from_agent, to_agent }) => [
          undefined,
          { from_agent, to_agent },
        ]);
      // Runs and turns of the runner only hold what is in them.
      case 'task':
      case 'turn':
        return { context: parent, end() {} };
      default:
        return this.#startWork(
          'action',
          String(spanData.name ?? spanData.type),
          parent,
          ({ data, result }) => [data, result],
        );
    }
  }

  #startAgent(name: string, session: Session, parent: Context): Omit<Running, 'startedIn'> {
    const agent = session.agents.start({ name }, parent);
    return { context: agent.contextIn(parent), end: (_data, failure) => agent.end(failure) };
  }

  /** @param content What went in and came out, by what the framework knows at the end. */
  #startWork(
    kind: NamedSpanKind,
    name: string,
    parent: Context,
    content: (data: AgentsSpanData) => readonly [input: unknown, output: unknown],
  ): Omit<Running, 'startedIn'> {
    const { client } = this;
    if (client === undefined) return { context: parent, end() {} };
    const handle = new SpanHandle(client.telemetry, kind, name, parent);
    return {
      context: handle.context,
      end: (data, failure) => {
        const [input, output] = content(data).map(parsed);
        if (input !== undefined) handle.setInput(input);
        if (failure === undefined) handle.succeed(output);
        else handle.fail(failure);
      },
    };
  }

  /** An instrumented client's span says more: it is left to that, where there is one. */
  #startModelCall(parent: Context): Omit<Running, 'startedIn'> {
    const slot: ModelCallSlot = { taken: false };
    const startTime: HrTime = hrNow();
    return {
      context: withModelCallSlot(parent, slot),
      end: (data, failure) => {
        const { client } = this;
        if (slot.taken || client === undefined) return;
        recordModelCall(client.telemetry, parent, startTime, data, failure);
      },
    };
  }
}

/** The framework gives a message and no error; the stack would be ours. */
function failureOf({ error }: AgentsSpan): Error | undefined {
  if (error === null) return undefined;
  const failure = new Error(error.message);
  delete failure.stack;
  return failure;
}

/** Arguments and results of tools come as JSON, where they are no plain texts. */
function parsed(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
