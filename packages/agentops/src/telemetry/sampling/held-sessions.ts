import { SpanStatusCode } from '@opentelemetry/api';
import { hrTimeToMilliseconds } from '@opentelemetry/core';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { KeepConfig } from '../../config/config.ts';
import { AgentOpsError } from '../../errors.ts';
import type { Reporter } from '../../reporter.ts';
import * as attr from '../../semconv/attributes.ts';
import { SpanCopy, sampledContext } from '../span-copy.ts';
import { sizeOfSpan } from '../span-size.ts';
import { RecentIds } from './recent-ids.ts';

/** What a session takes while none of its spans has ended. */
const SESSION_BYTES = 500;
/** Of so many kept traces, spans that come late still follow. */
const REMEMBERED_TRACES = 10_000;

/** Why a session was kept; the value of `agentops.sampling.kept` on its root. */
type KeepReason = 'error' | 'duration' | 'cost';

interface HeldSession {
  readonly spans: ReadableSpan[];
  bytes: number;
}

/** What has become of the sessions that were held. */
export interface HeldStats {
  /** Whose end is awaited. */
  readonly held: number;
  /** About how much memory their spans take. */
  readonly heldBytes: number;
  readonly kept: number;
  /** Ended without a reason to keep them, or were evicted. */
  readonly letGo: number;
  /** Let go before their end, for want of memory. */
  readonly evicted: number;
}

/**
 * Sessions that were not sampled and may be kept for what becomes of them. Their spans are recorded and held, in bounded
 * memory, until the session ends. A failed span decides at once, since nothing can undo it.
 */
export class HeldSessions {
  readonly #reporter: Reporter;
  #keep: KeepConfig | undefined;
  /** By trace id, in the order of their starts. */
  readonly #held = new Map<string, HeldSession>();
  /** Trace ids of sessions that were kept. */
  readonly #keptIds = new RecentIds(REMEMBERED_TRACES);
  #bytes = 0;
  #kept = 0;
  #letGo = 0;
  #evicted = 0;

  constructor(keep: KeepConfig | undefined, reporter: Reporter) {
    this.#keep = withConditions(keep);
    this.#reporter = reporter;
  }

  get stats(): HeldStats {
    return {
      held: this.#held.size,
      heldBytes: this.#bytes,
      kept: this.#kept,
      letGo: this.#letGo,
      evicted: this.#evicted,
    };
  }

  /** From now on these conditions count, also for sessions that are held. Without any, all of those are let go. */
  update(keep: KeepConfig | undefined): void {
    this.#keep = withConditions(keep);
    if (this.#keep === undefined) for (const traceId of [...this.#held.keys()]) this.release(traceId);
    else this.#evict();
  }

  /** Holds the session that starts with this trace; false where there is no condition it could be kept for. */
  hold(traceId: string): boolean {
    if (this.#keep === undefined) return false;
    this.release(traceId);
    this.#held.set(traceId, { spans: [], bytes: SESSION_BYTES });
    this.#bytes += SESSION_BYTES;
    this.#evict();
    return true;
  }

  /** Whether spans of this trace are recorded although it is not sampled. */
  records(traceId: string): boolean {
    return this.#held.has(traceId) || this.isKept(traceId);
  }

  /** Whether it is settled that this trace is exported although it is not sampled. */
  isKept(traceId: string): boolean {
    return this.#keptIds.has(traceId);
  }

  /** Takes a span that has ended in an unsampled trace, and returns the spans to export now, marked as sampled. */
  take(span: ReadableSpan): ReadableSpan[] {
    const { traceId } = span.spanContext();
    // Only a failure keeps a session whose root is still to come.
    if (this.isKept(traceId)) return [asKept(span, 'error')];
    const session = this.#held.get(traceId);
    if (session === undefined || this.#keep === undefined) return [];
    const reason = this.#reasonToKeep(span, this.#keep);
    if (reason !== undefined) {
      this.#keptIds.add(traceId);
      this.#kept += 1;
      this.#forget(traceId, session);
      return [...session.spans.map((held) => asKept(held)), asKept(span, reason)];
    }
    if (isRoot(span)) this.release(traceId);
    else this.#add(session, span);
    return [];
  }

  #reasonToKeep(span: ReadableSpan, keep: KeepConfig): KeepReason | undefined {
    if (keep.errors && span.status.code === SpanStatusCode.ERROR) return 'error';
    if (!isRoot(span)) return undefined;
    if (keep.duration !== undefined && hrTimeToMilliseconds(span.duration) >= keep.duration)
      return 'duration';
    const cost = span.attributes[attr.ATTR_SESSION_COST];
    return keep.cost !== undefined && typeof cost === 'number' && cost >= keep.cost ? 'cost' : undefined;
  }

  #add(session: HeldSession, span: ReadableSpan): void {
    const bytes = sizeOfSpan(span);
    session.spans.push(span);
    session.bytes += bytes;
    this.#bytes += bytes;
    this.#evict();
  }

  /** The oldest first: they are likely to be those that never end. */
  #evict(): void {
    const limit = this.#keep?.maxBytes ?? 0;
    while (this.#bytes > limit) {
      const [oldest] = this.#held.keys();
      if (oldest === undefined) return;
      this.release(oldest);
      this.#evicted += 1;
      this.#reporter.error(
        new AgentOpsError(
          'spans_dropped',
          `sampling.keep: sessions were let go before their end, because those that are held take more than ${limit} bytes; raise sampling.keep.maxBytes`,
        ),
        'warn',
      );
    }
  }

  /** Lets a session go: what it held is dropped, and what is still to come is not recorded. */
  release(traceId: string): void {
    const session = this.#held.get(traceId);
    if (session === undefined) return;
    this.#forget(traceId, session);
    this.#letGo += 1;
  }

  #forget(traceId: string, session: HeldSession): void {
    this.#held.delete(traceId);
    this.#bytes -= session.bytes;
  }
}

function withConditions(keep: KeepConfig | undefined): KeepConfig | undefined {
  return keep?.errors || keep?.duration !== undefined || keep?.cost !== undefined ? keep : undefined;
}

function isRoot(span: ReadableSpan): boolean {
  return span.attributes[attr.ATTR_AGENTOPS_SPAN_KIND] === 'session';
}

/** What other services see of the trace has left with its flags unsampled; what is exported says that it is. */
function asKept(span: ReadableSpan, reason?: KeepReason): ReadableSpan {
  return new SpanCopy(span, {
    spanContext: sampledContext(span),
    ...(reason !== undefined &&
      isRoot(span) && { attributes: { ...span.attributes, [attr.ATTR_AGENTOPS_SAMPLING_KEPT]: reason } }),
  });
}
