import { type Attributes, type Span, type SpanContext, TraceFlags } from '@opentelemetry/api';
import { z } from 'zod';
import type { TotalsSnapshot } from './totals.ts';

/**
 * Where a session is to be found again: plain data, for a queue, a database, another language. It is a carrier too, so
 * `continueSession(reference, fn)` goes on with the session wherever it is read.
 */
export interface SessionReference {
  readonly sessionId: string;
  /** W3C trace context of the session's root. */
  readonly traceparent: string;
  readonly tracestate?: string | undefined;
  /** Of a session that was detached: what its root needs to be ended by `resumeSession`. */
  readonly detached?: DetachedRoot | undefined;
}

/** The root of a session that no process has at the moment. */
export interface DetachedRoot {
  readonly name: string;
  /** Nanoseconds since 1970, in digits. */
  readonly startTime: string;
  readonly attributes: Attributes;
  /** W3C trace context of the spans that the root is linked to. */
  readonly links?: readonly string[] | undefined;
  /** What the session did until then. */
  readonly totals: TotalsSnapshot;
}

/**
 * Where the session is to be found whose root, or whose part of it that is here, is `root`.
 *
 * @param isKept Recorded although it is not sampled.
 */
export function referenceTo(sessionId: string, root: Span, isKept = false): SessionReference {
  const spanContext = root.spanContext();
  const tracestate = spanContext.traceState?.serialize();
  return {
    sessionId,
    traceparent: traceparentOf(spanContext, isKept),
    ...(tracestate !== undefined && tracestate !== '' && { tracestate }),
  };
}

export function traceparentOf({ traceId, spanId, traceFlags }: SpanContext, isKept = false): string {
  const isSampled = isKept || (traceFlags & TraceFlags.SAMPLED) !== 0;
  return `00-${traceId}-${spanId}-0${isSampled ? 1 : 0}`;
}

const count = z.number().nonnegative();
const traceparent = z.string().regex(/^00-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-0[0-3]$/, {
  error: 'expected the traceparent of a reference',
});
const value = z.union([z.string(), z.number(), z.boolean()]);

/** What comes back from wherever it was kept. */
export const detachedReference = z.object({
  traceparent,
  detached: z.object(
    {
      name: z.string(),
      startTime: z.string().regex(/^\d{1,19}$/, { error: 'expected nanoseconds in digits' }),
      attributes: z.record(z.string(), z.union([value, z.array(value.nullable())])),
      links: z.array(traceparent).optional(),
      totals: z.object({
        counts: z.object({
          spans: count,
          agents: count,
          llms: count,
          tools: count,
          actions: count,
          errors: count,
        }),
        tokens: z.object({
          input: count,
          output: count,
          cache_read: count,
          cache_write: count,
          reasoning: count,
          total: count,
        }),
        cost: count.nullable(),
        agentIds: z.array(z.string()),
      }),
    },
    { error: 'expected a session that was detached; one that was not is continued with continueSession' },
  ),
});

export function spanContextOf(traceparent: string): SpanContext {
  const [, traceId = '', spanId = '', flags = ''] = traceparent.split('-');
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16) };
}
