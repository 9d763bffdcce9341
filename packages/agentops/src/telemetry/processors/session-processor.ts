import type { Context, SpanContext } from '@opentelemetry/api';
import type { ReadableSpan, Span, SpanProcessor } from '@opentelemetry/sdk-trace';
import { toSessionId } from '../../ids.ts';
import { foreignCost } from '../../instrumentation/cost/foreign-cost.ts';
import type { Prices } from '../../instrumentation/cost/prices.ts';
import type { Cost } from '../../instrumentation/cost/token-usage.ts';
import * as attr from '../../semconv/attributes.ts';
import type { OpenSessions } from '../../session/open-sessions.ts';
import { type Scope, scopeOf } from '../../session/scope.ts';
import type { UsageTotals } from '../../session/usage-totals.ts';
import { toIsoTime } from '../../time.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { SetAttribute, SetAttributes } from './attribute-processor.ts';
import { DeniedScopes } from './denied-scopes.ts';
import { isSessionRoot, RunningSpans } from './running-spans.ts';

export interface SessionProcessorOptions {
  readonly serviceName: string;
  readonly open: OpenSessions;
  readonly metrics: Metrics;
  readonly prices: Prices;
  /** How the SDK sets attributes of its own making. */
  readonly setAttributes: (span: Span, attributes: SetAttributes) => void;
  /** True where the spans are those of an application's own set-up. */
  readonly isJoined: () => boolean;
  /** What is not exported is not added up either. */
  readonly denied?: DeniedScopes | undefined;
}

/**
 * Makes a session's spans recognisable, whoever started them: service, session, agent, user and conversation on every
 * span, the times on event spans, the cost of calls of models that others have recorded. Adds every ended span to its
 * session's totals and knows which are still running.
 */
export class SessionProcessor implements SpanProcessor {
  readonly #serviceName: string;
  readonly #open: OpenSessions;
  readonly running = new RunningSpans();
  readonly #metrics: Metrics;
  readonly #prices: Prices;
  readonly #setAttributes: SessionProcessorOptions['setAttributes'];
  readonly #isJoined: () => boolean;
  readonly #denied: DeniedScopes;

  constructor(options: SessionProcessorOptions) {
    const {
      serviceName,
      open,
      metrics,
      prices,
      setAttributes,
      isJoined,
      denied = new DeniedScopes(),
    } = options;
    this.#serviceName = serviceName;
    this.#open = open;
    this.#metrics = metrics;
    this.#prices = prices;
    this.#setAttributes = setAttributes;
    this.#isJoined = isJoined;
    this.#denied = denied;
  }

  onStart(span: Span, parentContext: Context): void {
    const scope = scopeOf(parentContext) ?? this.#scopeByTrace(span.spanContext());
    const isRoot = isSessionRoot(span);
    const isOfSession = isRoot || scope !== undefined;
    // Of an application's own spans, one that is never ended is not ours to remember.
    if (isOfSession || !this.#isJoined()) this.running.add(span, isRoot ? undefined : scope);
    const isEvent = span.attributes[attr.ATTR_EVENT_TYPE] !== undefined;
    this.#setAttributes(span, (set) => {
      set(attr.ATTR_SERVICE_NAME, this.#serviceName);
      // A session's root starts before its session exists, and maybe inside another session: its trace says whose it is.
      set(attr.ATTR_SESSION_ID, isRoot ? toSessionId(span.spanContext().traceId) : scope?.session.id);
      set(attr.ATTR_EVENT_TIMESTAMP, isEvent ? toIsoTime(span.startTime) : undefined);
      if (!isRoot && scope !== undefined) setMarks(set, scope);
    });
  }

  onEnding(span: Span): void {
    if (span.attributes[attr.ATTR_EVENT_TYPE] !== undefined) {
      this.#setAttributes(span, (set) => set(attr.ATTR_EVENT_END_TIMESTAMP, toIsoTime(span.endTime)));
    } else if (span.attributes[attr.ATTR_AGENTOPS_SPAN_KIND] === 'agent') {
      const usage = this.running.get(span)?.scope?.agent?.usage;
      if (usage !== undefined) this.#setAttributes(span, (set) => setUsage(set, usage));
    } else if (this.running.get(span)?.scope !== undefined) {
      const cost = foreignCost(this.#prices, span.attributes);
      if (cost !== undefined) this.#setAttributes(span, (set) => setCost(set, cost));
    }
  }

  onEnd(span: ReadableSpan): void {
    // The SDK hands out one object under its two faces.
    const scope = this.running.remove(span as Span)?.scope;
    if (scope === undefined || this.#denied.has(span)) return;
    if (scope.session.totals.add(span, scope.agent?.usage)) this.#metrics.llmCallEnded(span);
  }

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {
    this.running.clear();
  }

  #scopeByTrace({ traceId }: SpanContext): Scope | undefined {
    const session = this.#open.of(traceId);
    return session === undefined ? undefined : { session };
  }
}

/** What an agent's calls have used. Nothing where it made none. */
function setUsage(set: SetAttribute, { tokens, cost }: UsageTotals): void {
  if (tokens.total > 0) {
    for (const [name, count] of Object.entries(tokens)) set(attr.ATTR_AGENT_TOKENS_PREFIX + name, count);
  }
  if (cost !== null) set(attr.ATTR_AGENT_COST, cost);
}

function setCost(set: SetAttribute, { input, output, total }: Cost): void {
  set(attr.ATTR_AGENTOPS_COST_INPUT, input);
  set(attr.ATTR_AGENTOPS_COST_OUTPUT, output);
  set(attr.ATTR_AGENTOPS_COST_TOTAL, total);
}

function setMarks(set: SetAttribute, { session, agent }: Scope): void {
  set(attr.ATTR_GEN_AI_AGENT_ID, agent?.id);
  set(attr.ATTR_GEN_AI_AGENT_NAME, agent?.name);
  set(attr.ATTR_USER_ID, session.userId);
  set(attr.ATTR_GEN_AI_CONVERSATION_ID, session.conversationId);
}
