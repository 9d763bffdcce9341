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
  /** Ends the span with what has come of its work; undefined where nobody knows. */
  cutOff: (() => void) | undefined;
}

/**
 * A program that forgets to end its spans must not fill the memory with them: beyond so many the oldest is forgotten. It is
 * not shown as running any more and, should it end after all, not added to its session's totals; it is still exported.
 */
const MAX_RUNNING = 100_000;

/** The spans that have started and not ended. */
export class RunningSpans {
  /** Sessions outlive what happens in them, and `SessionManager` sees to their number. */
  readonly #roots = new Map<Span, RunningSpan>();
  readonly #others = new Map<Span, RunningSpan>();

  add(span: Span, scope: Scope | undefined): void {
    const running = { span, scope, since: performance.now(), cutOff: undefined };
    if (isSessionRoot(span)) {
      this.#roots.set(span, running);
      return;
    }
    if (this.#others.size === MAX_RUNNING) {
      const [oldest] = this.#others.keys();
      if (oldest !== undefined) this.#others.delete(oldest);
    }
    this.#others.set(span, running);
  }

  /** Undefined where its start was never seen. */
  get(span: Span): RunningSpan | undefined {
    return this.#others.get(span) ?? this.#roots.get(span);
  }

  /** Takes out a span that has ended; undefined where its start was never seen. */
  remove(span: Span): RunningSpan | undefined {
    const running = this.get(span);
    if (!this.#others.delete(span)) this.#roots.delete(span);
    return running;
  }

  has(span: ApiSpan): boolean {
    // The SDK hands out one object under its two faces.
    return this.#others.has(span as Span) || this.#roots.has(span as Span);
  }

  /** True where `holds` is, for one that is no root of a session; in no order, and without a copy of them all. */
  some(holds: (running: RunningSpan) => boolean): boolean {
    for (const running of this.#others.values()) {
      if (holds(running)) return true;
    }
    return false;
  }

  /** Oldest first. */
  all(): RunningSpan[] {
    return [...this.#roots.values(), ...this.#others.values()].sort((a, b) => a.since - b.since);
  }

  clear(): void {
    this.#roots.clear();
    this.#others.clear();
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
