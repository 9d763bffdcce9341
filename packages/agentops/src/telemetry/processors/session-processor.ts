import type { Context, SpanContext } from '@opentelemetry/api';
import type { ReadableSpan, Span, SpanProcessor } from '@opentelemetry/sdk-trace';
import { toSessionId } from '../../ids.ts';
import * as attr from '../../semconv/attributes.ts';
import type { OpenSessions } from '../../session/open-sessions.ts';
import { type Scope, scopeOf } from '../../session/scope.ts';
import { toIsoTime } from '../../time.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { SetAttribute, SetAttributes } from './attribute-processor.ts';
import { isSessionRoot, RunningSpans } from './running-spans.ts';

/**
 * Makes a session's spans recognisable, whoever started them: service, session, agent, user and conversation on every
 * span, the times on event spans. Adds every ended span to its session's totals and knows which are still running.
 */
export class SessionProcessor implements SpanProcessor {
  readonly #serviceName: string;
  readonly #open: OpenSessions;
  readonly running = new RunningSpans();
  readonly #metrics: Metrics;
  readonly #setAttributes: (span: Span, attributes: SetAttributes) => void;

  /** @param setAttributes How the SDK sets attributes of its own making. */
  constructor(
    serviceName: string,
    open: OpenSessions,
    metrics: Metrics,
    setAttributes: (span: Span, attributes: SetAttributes) => void,
  ) {
    this.#serviceName = serviceName;
    this.#open = open;
    this.#metrics = metrics;
    this.#setAttributes = setAttributes;
  }

  onStart(span: Span, parentContext: Context): void {
    const scope = scopeOf(parentContext) ?? this.#scopeByTrace(span.spanContext());
    const isRoot = isSessionRoot(span);
    this.running.add(span, isRoot ? undefined : scope);
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
    }
  }

  onEnd(span: ReadableSpan): void {
    // The SDK hands out one object under its two faces.
    const isLlmCall = this.running.remove(span as Span)?.scope?.session.totals.add(span);
    if (isLlmCall) this.#metrics.llmCallEnded(span);
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

function setMarks(set: SetAttribute, { session, agent }: Scope): void {
  set(attr.ATTR_GEN_AI_AGENT_ID, agent?.id);
  set(attr.ATTR_GEN_AI_AGENT_NAME, agent?.name);
  set(attr.ATTR_USER_ID, session.userId);
  set(attr.ATTR_GEN_AI_CONVERSATION_ID, session.conversationId);
}
