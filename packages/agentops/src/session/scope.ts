import { type Context, createContextKey, propagation, type Span } from '@opentelemetry/api';
import { withoutSpan } from '../telemetry/current-span.ts';
import type { Session } from './session.ts';
import type { UsageTotals } from './usage-totals.ts';

/** Who an agent is; stands on every span below it. */
export interface AgentIdentity {
  readonly id: string;
  readonly name: string;
  /** What it has used so far, its sub-agents included; undefined where another process counts. */
  readonly usage?: UsageTotals;
}

/** An agent of another process may be known by its id alone. */
export type AgentMark = Pick<AgentIdentity, 'id'> & Partial<AgentIdentity>;

/** What the current work belongs to. It travels in the OpenTelemetry context. */
export interface Scope {
  readonly session: Session;
  readonly agent?: AgentMark;
}

const SCOPE = createContextKey('agentops.scope');

export function scopeOf(context: Context): Scope | undefined {
  return context.getValue(SCOPE) as Scope | undefined;
}

/**
 * `base` with `span` as the current span and `scope` as what it belongs to. Where telemetry is off, `base` stays what
 * it is.
 */
export function enter(base: Context, span: Span, scope: Scope): Context {
  return scope.session.isRecorded ? withScope(scope.session.contextWith(base, span), scope) : base;
}

export function withScope(context: Context, scope: Scope): Context {
  return context.setValue(SCOPE, scope);
}

/** Runs `fn` at the end of this turn of the event loop, and before the session of `within` ends. */
export function soonIn(within: Context, fn: () => void): void {
  const scope = scopeOf(within);
  if (scope === undefined) setImmediate(fn);
  else scope.session.soon(fn);
}

const OUTSIDE = createContextKey('agentops.outside-sessions');

/**
 * `base`, in which no session is meant unless one is started: not that of `base`, and not the one that happens to be open
 * in the process.
 */
export function outsideSessions(base: Context): Context {
  const left =
    scopeOf(base) === undefined ? base : propagation.deleteBaggage(withoutSpan(base)).deleteValue(SCOPE);
  return left.setValue(OUTSIDE, true);
}

export function isOutsideSessions(context: Context): boolean {
  return context.getValue(OUTSIDE) === true;
}
