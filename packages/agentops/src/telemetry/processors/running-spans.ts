import type { Span as ApiSpan } from '@opentelemetry/api';
import type { Span } from '@opentelemetry/sdk-trace';
import { ATTR_AGENTOPS_SPAN_KIND } from '../../semconv/attributes.ts';
import type { Scope } from '../../session/scope.ts';

/** A span that has started and not ended. */
export interface RunningSpan {
  readonly span: Span;
  /** What it belongs to; undefined for spans of no session, and for a session's own root. */
  readonly scope: Scope | undefined;
  /** When it was started, in ms of `performance.now()`, whatever start time it was given. */
  readonly since: number;
}

/** The spans that have started and not ended. */
export class RunningSpans {
  readonly #running = new Map<Span, RunningSpan>();

  add(span: Span, scope: Scope | undefined): void {
    this.#running.set(span, { span, scope, since: performance.now() });
  }

  /** Undefined where its start was never seen. */
  get(span: Span): RunningSpan | undefined {
    return this.#running.get(span);
  }

  /** Takes out a span that has ended; undefined where its start was never seen. */
  remove(span: Span): RunningSpan | undefined {
    const running = this.#running.get(span);
    this.#running.delete(span);
    return running;
  }

  has(span: ApiSpan): boolean {
    // The SDK hands out one object under its two faces.
    return this.#running.has(span as Span);
  }

  /** Oldest first. */
  all(): RunningSpan[] {
    return [...this.#running.values()];
  }

  clear(): void {
    this.#running.clear();
  }
}

/** True for the root of a session. */
export function isSessionRoot(span: { readonly attributes: Span['attributes'] }): boolean {
  return span.attributes[ATTR_AGENTOPS_SPAN_KIND] === 'session';
}

/** True for spans of sessions, their roots included. */
export function isOfSession({ span, scope }: RunningSpan): boolean {
  return scope !== undefined || isSessionRoot(span);
}
