import { SpanStatusCode } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import * as attr from '../semconv/attributes.ts';
import { foreignEventType } from '../semconv/foreign-event-type.ts';
import { type SessionTokens, UsageTotals } from './usage-totals.ts';

/** How many spans of each kind a session has. */
export interface SessionCounts {
  /** All that have ended, and the session's own. */
  spans: number;
  /** Different agents, however often each was at work. */
  agents: number;
  llms: number;
  tools: number;
  actions: number;
  /** Failures where they happened: spans with status ERROR of which no child has status ERROR too. */
  errors: number;
}

/** What a session came to, as plain data: another process adds up from there. */
export interface TotalsSnapshot {
  readonly counts: SessionCounts;
  readonly tokens: SessionTokens;
  readonly cost: number | null;
  readonly agentIds: readonly string[];
}

/** Adds up a session's spans as they end. */
export class SessionTotals {
  readonly counts: SessionCounts = { spans: 1, agents: 0, llms: 0, tools: 0, actions: 0, errors: 0 };
  readonly #usage = new UsageTotals();
  #agentIds: Set<string> = new Set();
  /** Ids of running spans of which a child failed. */
  readonly #failedBelow = new Set<string>();
  /** Ids of running spans that have an LLM call below them, whose usage they may repeat. */
  readonly #llmBelow = new Set<string>();

  /** @param before What the session came to in another process. */
  constructor(before?: TotalsSnapshot) {
    if (before === undefined) return;
    Object.assign(this.counts, before.counts);
    Object.assign(this.#usage.tokens, before.tokens);
    this.#usage.cost = before.cost;
    this.#agentIds = new Set(before.agentIds);
  }

  get tokens(): Readonly<SessionTokens> {
    return this.#usage.tokens;
  }

  /** USD; null until one call has a known cost. */
  get cost(): number | null {
    return this.#usage.cost;
  }

  /** A copy, which later spans do not change. */
  get snapshot(): TotalsSnapshot {
    return {
      counts: { ...this.counts },
      tokens: { ...this.tokens },
      cost: this.cost,
      agentIds: [...this.#agentIds],
    };
  }

  /**
   * @param agent What the agent that the span belongs to has used: the same is added there.
   * @returns Whether the span is an LLM call that has no other below it.
   */
  add(span: ReadableSpan, agent?: UsageTotals): boolean {
    const { attributes } = span;
    const { spanId } = span.spanContext();
    const parentSpanId = span.parentSpanContext?.spanId;
    this.counts.spans += 1;
    this.#addAgent(attributes[attr.ATTR_GEN_AI_AGENT_ID]);
    const type = attributes[attr.ATTR_EVENT_TYPE] ?? foreignEventType(attributes);
    if (type === 'tools' || type === 'actions') this.counts[type] += 1;
    const isCall = this.#addLlmCall(type === 'llms', spanId, parentSpanId);
    // Requests that are no calls of a model, such as one for an image, may have used tokens too.
    if (isCall || type === 'actions') {
      this.#usage.add(attributes);
      agent?.add(attributes);
    }
    if (span.status.code === SpanStatusCode.ERROR) this.addFailure(spanId, parentSpanId);
    else this.#failedBelow.delete(spanId);
    return isCall;
  }

  /** Counts a failed span, unless a child has failed before it: then the failure is the child's, passed on. */
  addFailure(spanId: string, parentSpanId?: string): void {
    if (!this.#failedBelow.delete(spanId)) this.counts.errors += 1;
    if (parentSpanId !== undefined) this.#failedBelow.add(parentSpanId);
  }

  #addAgent(id: unknown): void {
    if (typeof id !== 'string') return;
    this.#agentIds.add(id);
    this.counts.agents = this.#agentIds.size;
  }

  /** Only the lowest calls count: what lies above them, a framework's own span, repeats their usage. */
  #addLlmCall(isLlm: boolean, spanId: string, parentSpanId: string | undefined): boolean {
    const hasCallsBelow = this.#llmBelow.delete(spanId);
    const isCall = isLlm && !hasCallsBelow;
    if (isCall) this.counts.llms += 1;
    if ((isLlm || hasCallsBelow) && parentSpanId !== undefined) this.#llmBelow.add(parentSpanId);
    return isCall;
  }
}
