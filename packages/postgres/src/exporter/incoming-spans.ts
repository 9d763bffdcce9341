import { setImmediate as turn } from 'node:timers/promises';
import {
  dayNumberOfTrace,
  type Origin,
  type RawSpan,
  type SpanRow,
  type UnstorableSpan,
} from '@agentops/otlp';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { BinaryFields } from '../write/binary-fields.ts';
import type { Shape } from '../write/columns.ts';
import { flawOfTime, type Incoming, type ResourceTexts } from '../write/incoming.ts';
import { addRow } from '../write/row-fields.ts';
import { originOf, rawSpanOf, unreadable } from './readable-spans.ts';
import { bytesOfMap, bytesOfSpan } from './span-bytes.ts';

/** Work without a pause. */
const SLICE_MS = 2;

/** What becomes of spans. */
export interface IncomingSpans {
  readonly rows: SizedRow[];
  readonly rejected: UnstorableSpan[];
}

/** A row of which it is known how many bytes it has, about. */
export interface SizedRow extends Incoming {
  readonly bytes: number;
}

/** Spans as they go into the store. Gives the event loop a turn every few milliseconds. */
export async function incomingOf(spans: readonly ReadableSpan[]): Promise<IncomingSpans> {
  const incoming: IncomingSpans = { rows: [], rejected: [] };
  const origins = new Origins();
  let began = performance.now();
  for (const span of spans) {
    let origin: Origin | undefined;
    try {
      origin = origins.of(span);
      const raw = rawSpanOf(span);
      const rejected = origin.rejectionOf(raw);
      if (rejected === undefined) incoming.rows.push(new IncomingSpan(raw, origin, origins.bytesOf(origin)));
      else incoming.rejected.push(rejected);
    } catch (error) {
      incoming.rejected.push(unreadable(span, origin, error));
    }
    if (performance.now() - began < SLICE_MS) continue;
    await turn();
    began = performance.now();
  }
  return incoming;
}

/** The origins of spans: one export has few. */
class Origins {
  readonly #bytes = new Map<Origin, number>();
  readonly #known = new Map<ReadableSpan['resource'], Map<ReadableSpan['instrumentationScope'], Origin>>();

  of(span: ReadableSpan): Origin {
    let ofResource = this.#known.get(span.resource);
    if (ofResource === undefined) {
      ofResource = new Map();
      this.#known.set(span.resource, ofResource);
    }
    let origin = ofResource.get(span.instrumentationScope);
    if (origin === undefined) {
      origin = originOf(span);
      ofResource.set(span.instrumentationScope, origin);
      this.#bytes.set(origin, bytesOfMap(origin.resource));
    }
    return origin;
  }

  /** Of its resource, which every row brings along. */
  bytesOf(origin: Origin): number {
    return this.#bytes.get(origin) ?? 0;
  }
}

/**
 * A span that becomes a row when that is written, and every time it is: thousands of rows of forty fields that wait would
 * be carried from one place to the other by the garbage collector.
 */
class IncomingSpan implements SizedRow {
  readonly bytes: number;
  readonly session_id: string;
  readonly flaw: string | undefined;
  readonly day: number;
  readonly #span: RawSpan;
  readonly #origin: Origin;

  constructor(span: RawSpan, origin: Origin, resourceBytes: number) {
    this.#span = span;
    this.#origin = origin;
    this.bytes = bytesOfSpan(span) + resourceBytes;
    this.session_id = origin.sessionOf(span);
    // All else that `flawOf` looks at is as it should be, or the span would have been rejected.
    this.flaw = flawOfTime('start_time', span.startTime) ?? flawOfTime('end_time', span.endTime);
    this.day = dayNumberOfTrace(span.traceId, span.startTime);
  }

  get trace_id(): string {
    return this.#span.traceId;
  }

  get span_id(): string {
    return this.#span.spanId;
  }

  get isFinished(): boolean {
    return this.#span.endTime !== 0n;
  }

  get row(): SpanRow {
    return this.#origin.rowOf(this.#span);
  }

  get isBare(): boolean {
    return this.#span.events.length === 0 && this.#span.links.length === 0;
  }

  encode(fields: BinaryFields, resources: ResourceTexts, shape: Shape): void {
    addRow(fields, this.row, this.day, resources.of(this.#origin.resource), shape);
  }
}
