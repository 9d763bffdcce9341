import {
  type Context,
  type SpanContext,
  type TextMapGetter,
  type TextMapPropagator,
  type TextMapSetter,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
import { clientSpanOf } from './client-span.ts';
import type { IgnoredHeaders } from './ignored-headers.ts';
import { isModelHost } from './model-hosts.ts';
import { isModelRequest } from './model-request.ts';
import { targetOf } from './target-host.ts';

/** What a format is read by, and the headers of which one says that somebody meant it. */
export interface TraceFormat {
  readonly propagator: TextMapPropagator;
  readonly headers: readonly string[];
}

export interface SessionPropagatorOptions {
  /** All of these are written. */
  readonly written: readonly TraceFormat[];
  /** The first of these that is there and makes sense is read. */
  readonly read: readonly TraceFormat[];
  readonly baggage: TextMapPropagator;
  /** Hosts that trace headers are written for; one that is not known is not kept from them. */
  readonly mayCarryTrace: (host: string) => boolean;
  readonly ignored: IgnoredHeaders;
}

/** Beyond this no sender may go, and no reader needs to read (https://www.w3.org/TR/trace-context/, /baggage/). */
const LIMITS: readonly [header: string, length: number][] = [
  ['tracestate', 512],
  ['baggage', 8192],
];

/** Sampled and random: what W3C's trace context defines. */
const KNOWN_FLAGS = TraceFlags.SAMPLED | 0x02;

/** A header `b3` of one character is a decision without a trace. */
const DECISION = /^[01d]$/;

/**
 * The trace context in several formats and baggage, under our rules: nothing into requests to models' providers, trace
 * headers to the hosts that may have them, baggage to those that are allowed. Counts what it cannot take.
 */
export class SessionPropagator implements TextMapPropagator {
  readonly #options: SessionPropagatorOptions;

  constructor(options: SessionPropagatorOptions) {
    this.#options = options;
  }

  inject(context: Context, carrier: unknown, setter: TextMapSetter): void {
    const { written, baggage, mayCarryTrace } = this.#options;
    const target = targetOf(context);
    const clientSpan = target === undefined ? clientSpanOf(context) : undefined;
    if (isModelRequest(context) || clientSpan?.isModelCall) return;
    if (target !== undefined && target.host === undefined) return;
    const host = target?.host ?? clientSpan?.host;
    if (host !== undefined && isModelHost(host)) return;
    if (host === undefined || mayCarryTrace(host)) {
      for (const { propagator } of written) propagator.inject(context, carrier, setter);
    }
    baggage.inject(context, carrier, setter);
  }

  extract(context: Context, carrier: unknown, getter: TextMapGetter): Context {
    const { baggage, ignored } = this.#options;
    for (const [header, limit] of LIMITS) {
      if (lengthOf(getter.get(carrier, header)) > limit) ignored.count('oversized');
    }
    return baggage.extract(this.#extractTrace(context, carrier, getter), carrier, getter);
  }

  fields(): string[] {
    const { written, baggage } = this.#options;
    return [...new Set([...written.map(({ propagator }) => propagator), baggage].flatMap((p) => p.fields()))];
  }

  #extractTrace(context: Context, carrier: unknown, getter: TextMapGetter): Context {
    const { read, ignored } = this.#options;
    const before = trace.getSpanContext(context);
    for (const { propagator, headers } of read) {
      const extracted = propagator.extract(context, carrier, getter);
      const spanContext = trace.getSpanContext(extracted);
      if (spanContext !== undefined && spanContext !== before) {
        const usable = sendable(spanContext);
        return usable === spanContext ? extracted : trace.setSpanContext(context, usable);
      }
      if (headers.some((header) => isMeant(getter.get(carrier, header)))) ignored.count('invalid');
    }
    return context;
  }
}

/** Without what the writers of OpenTelemetry would make wrong headers of: unknown flags, and state of which nothing is left. */
function sendable(spanContext: SpanContext): SpanContext {
  const { traceState, ...others } = spanContext;
  const traceFlags = spanContext.traceFlags & KNOWN_FLAGS;
  if (traceState !== undefined && traceState.serialize() === '') return { ...others, traceFlags };
  return traceFlags === spanContext.traceFlags ? spanContext : { ...spanContext, traceFlags };
}

/** The longest value that makes sense is that of a single header; several are one list. */
function lengthOf(value: string | string[] | undefined): number {
  if (typeof value === 'string') return value.length;
  return Array.isArray(value) ? value.reduce((sum, item) => sum + String(item).length, 0) : 0;
}

function isMeant(value: string | string[] | undefined): boolean {
  const [first] = Array.isArray(value) ? value : [value];
  return first !== undefined && first !== '' && !DECISION.test(String(first));
}
