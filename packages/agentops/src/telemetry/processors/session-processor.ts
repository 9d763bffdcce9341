import type { Span as ApiSpan, Context, SpanContext } from '@opentelemetry/api';
import type { ReadableSpan, Span, SpanProcessor } from '@opentelemetry/sdk-trace';
import { toSessionId } from '../../ids.ts';
import * as attr from '../../semconv/attributes.ts';
import type { OpenSessions } from '../../session/open-sessions.ts';
import { type Scope, scopeOf } from '../../session/scope.ts';
import { toIsoTime } from '../../time.ts';
import { DeniedScopes } from './denied-scopes.ts';

/**
 * Makes a session's spans recognisable, whoever started them: service, session, agent, user and conversation on every
 * span, the times on event spans. Adds every ended span to its session's totals and knows which are still running.
 */
export class SessionProcessor implements SpanProcessor {
  readonly #serviceName: string;
  readonly #open: OpenSessions;
  readonly #denied: DeniedScopes;
  readonly #running = new Map<Span, Scope | undefined>();

  /** @param denied What is not exported is not added up either. */
  constructor(serviceName: string, open: OpenSessions, denied = new DeniedScopes()) {
    this.#serviceName = serviceName;
    this.#open = open;
    this.#denied = denied;
  }

  /** Spans that have started and not ended, oldest first; of sessions only, or of whatever the program does. */
  running(sessionsOnly: boolean): Span[] {
    const spans = [...this.#running];
    return spans.filter(([, scope]) => scope !== undefined || !sessionsOnly).map(([span]) => span);
  }

  /** True for a span this processor was told the start of, and not yet the end. */
  isRunning(span: ApiSpan): boolean {
    // The SDK hands out one object under its two faces.
    return this.#running.has(span as Span);
  }

  onStart(span: Span, parentContext: Context): void {
    const scope = scopeOf(parentContext) ?? this.#scopeByTrace(span.spanContext());
    const isRoot = span.attributes[attr.ATTR_AGENTOPS_SPAN_KIND] === 'session';
    this.#running.set(span, isRoot ? undefined : scope);
    span.setAttribute(attr.ATTR_SERVICE_NAME, this.#serviceName);
    // A session's root starts before its session exists, and maybe inside another session: its trace says whose it is.
    if (isRoot) span.setAttribute(attr.ATTR_SESSION_ID, toSessionId(span.spanContext().traceId));
    else if (scope !== undefined) mark(span, scope);
    if (span.attributes[attr.ATTR_EVENT_TYPE] !== undefined) {
      span.setAttribute(attr.ATTR_EVENT_TIMESTAMP, toIsoTime(span.startTime));
    }
  }

  onEnding(span: Span): void {
    if (span.attributes[attr.ATTR_EVENT_TYPE] !== undefined) {
      span.setAttribute(attr.ATTR_EVENT_END_TIMESTAMP, toIsoTime(span.endTime));
    }
  }

  onEnd(span: ReadableSpan): void {
    // The SDK hands out one object under its two faces.
    const started = span as Span;
    if (!this.#denied.has(span)) this.#running.get(started)?.session.totals.add(span);
    this.#running.delete(started);
  }

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {
    this.#running.clear();
  }

  #scopeByTrace({ traceId }: SpanContext): Scope | undefined {
    const session = this.#open.of(traceId);
    return session === undefined ? undefined : { session };
  }
}

function mark(span: Span, { session, agent }: Scope): void {
  span.setAttribute(attr.ATTR_SESSION_ID, session.id);
  if (agent !== undefined) {
    span.setAttribute(attr.ATTR_GEN_AI_AGENT_ID, agent.id);
    span.setAttribute(attr.ATTR_GEN_AI_AGENT_NAME, agent.name);
  }
  if (session.userId !== undefined) span.setAttribute(attr.ATTR_USER_ID, session.userId);
  if (session.conversationId !== undefined) {
    span.setAttribute(attr.ATTR_GEN_AI_CONVERSATION_ID, session.conversationId);
  }
}
