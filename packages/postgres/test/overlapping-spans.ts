import type { SpanRow } from '@agentops/otlp';
import { aSpan, NOON, ns } from './spans.ts';

const SPANS = 600;
const SPANS_PER_TRACE = 6;

/** The same spans in every process that asks. */
export function spansOfAll(): SpanRow[] {
  return Array.from({ length: SPANS }, (_, i) =>
    aSpan({
      trace_id: Math.floor(i / SPANS_PER_TRACE)
        .toString(16)
        .padStart(32, 'f'),
      span_id: (i + 1).toString(16).padStart(16, '0'),
      start_time: ns(NOON) + BigInt(i),
      attributes: { number: i },
    }),
  );
}
