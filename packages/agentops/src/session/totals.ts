import { type Attributes, SpanStatusCode } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import * as attr from '../semconv/attributes.ts';
import type { EventType } from '../semconv/span-kinds.ts';

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

/** Tokens of a session's LLM calls. `input` includes cached tokens. */
export interface SessionTokens {
  input: number;
  output: number;
  cache_read: number;
  cache_write: number;
  reasoning: number;
  total: number;
}

/** What a session came to, as plain data: another process adds up from there. */
export interface TotalsSnapshot {
  readonly counts: SessionCounts;
  readonly tokens: SessionTokens;
  readonly cost: number | null;
  readonly agentIds: readonly string[];
}

const LLM_OPERATIONS = new Set(['chat', 'text_completion', 'generate_content', 'embeddings']);

/** Adds up a session's spans as they end. */
export class SessionTotals {
  readonly counts: SessionCounts = { spans: 1, agents: 0, llms: 0, tools: 0, actions: 0, errors: 0 };
  readonly tokens: SessionTokens = {
    input: 0,
    output: 0,
    cache_read: 0,
    cache_write: 0,
    reasoning: 0,
    total: 0,
  };
  /** USD; null until one span has a known cost. */
  cost: number | null = null;
  #agentIds: Set<string> = new Set();
  /** Ids of running spans of which a child failed. */
  readonly #failedBelow = new Set<string>();
  /** Ids of running spans that have an LLM call below them, whose usage they may repeat. */
  readonly #llmBelow = new Set<string>();

  /** @param before What the session came to in another process. */
  constructor(before?: TotalsSnapshot) {
    if (before === undefined) return;
    Object.assign(this.counts, before.counts);
    Object.assign(this.tokens, before.tokens);
    this.cost = before.cost;
    this.#agentIds = new Set(before.agentIds);
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

  /** @returns Whether the span is an LLM call that has no other below it. */
  add(span: ReadableSpan): boolean {
    const { attributes } = span;
    const { spanId } = span.spanContext();
    const parentSpanId = span.parentSpanContext?.spanId;
    this.counts.spans += 1;
    this.#addAgent(attributes[attr.ATTR_GEN_AI_AGENT_ID]);
    const type = attributes[attr.ATTR_EVENT_TYPE] ?? foreignEventType(attributes);
    if (type === 'tools' || type === 'actions') this.counts[type] += 1;
    const isCall = this.#addLlmCall(attributes, type === 'llms', spanId, parentSpanId);
    // Requests that are no calls of a model, such as one for an image, may have used tokens too.
    if (type === 'actions') this.#addUsage(attributes);
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
  #addLlmCall(
    attributes: Attributes,
    isLlm: boolean,
    spanId: string,
    parentSpanId: string | undefined,
  ): boolean {
    const hasCallsBelow = this.#llmBelow.delete(spanId);
    const isCall = isLlm && !hasCallsBelow;
    if (isCall) {
      this.counts.llms += 1;
      this.#addUsage(attributes);
    }
    if ((isLlm || hasCallsBelow) && parentSpanId !== undefined) this.#llmBelow.add(parentSpanId);
    return isCall;
  }

  #addUsage(attributes: Attributes): void {
    const input = count(attributes[attr.ATTR_GEN_AI_USAGE_INPUT_TOKENS]);
    const output = count(attributes[attr.ATTR_GEN_AI_USAGE_OUTPUT_TOKENS]);
    this.tokens.input += input;
    this.tokens.output += output;
    this.tokens.cache_read += count(attributes[attr.ATTR_GEN_AI_USAGE_CACHE_READ_INPUT_TOKENS]);
    this.tokens.cache_write += count(attributes[attr.ATTR_GEN_AI_USAGE_CACHE_WRITE_INPUT_TOKENS]);
    this.tokens.reasoning += count(attributes[attr.ATTR_GEN_AI_USAGE_REASONING_OUTPUT_TOKENS]);
    this.tokens.total += input + output;
    const cost = attributes[attr.ATTR_AGENTOPS_COST_TOTAL];
    if (typeof cost === 'number') this.cost = (this.cost ?? 0) + cost;
  }
}

/** What a span of another instrumentation counts as. */
function foreignEventType(attributes: Attributes): EventType | undefined {
  const operation = attributes[attr.ATTR_GEN_AI_OPERATION_NAME];
  if (typeof operation !== 'string') return undefined;
  if (operation === 'execute_tool') return 'tools';
  return LLM_OPERATIONS.has(operation) ? 'llms' : undefined;
}

function count(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}
