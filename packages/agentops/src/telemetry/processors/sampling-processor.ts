import { type Context, SamplingDecision, TraceFlags } from '@opentelemetry/api';
import type { ReadableSpan, Span, SpanProcessor } from '@opentelemetry/sdk-trace';
import { RecentIds } from '../sampling/recent-ids.ts';
import type { SessionSampler } from '../sampling/session-sampler.ts';
import { isSessionRoot } from './running-spans.ts';

/** So many unsampled sessions of an application's own set-up are remembered. */
const REMEMBERED_TRACES = 50_000;

/**
 * Hands on the spans that are to be exported, and those of unsampled sessions once they are kept.
 *
 * In a set-up of our own the sampler has been asked by the tracer, and a span's flags say what it decided. In an
 * application's own the tracer asks the application's sampler; ours is then asked at the root of each session, and what
 * it decides against does not pass here.
 */
export class SamplingProcessor implements SpanProcessor {
  readonly #sampler: SessionSampler;
  readonly #next: SpanProcessor;
  readonly #joined: boolean;
  /** Trace ids; of an application's own set-up only. */
  readonly #unsampled = new RecentIds(REMEMBERED_TRACES);

  constructor(sampler: SessionSampler, next: SpanProcessor, joined: boolean) {
    this.#sampler = sampler;
    this.#next = next;
    this.#joined = joined;
  }

  onStart(span: Span, parentContext: Context): void {
    // What the application has decided against stays so.
    if (!this.#joined || !isSessionRoot(span) || !hasSampledFlag(span)) return;
    const { traceId } = span.spanContext();
    const { name, kind, attributes, links } = span;
    const { decision } = this.#sampler.shouldSample(parentContext, traceId, name, kind, attributes, links);
    if (decision !== SamplingDecision.RECORD_AND_SAMPLED) this.#unsampled.add(traceId);
  }

  onEnd(span: ReadableSpan): void {
    if (this.#isSampled(span)) this.#next.onEnd(span);
    else for (const kept of this.#sampler.held.take(span)) this.#next.onEnd(kept);
  }

  /** True where `span`, as far as has been decided, is going to be exported. */
  exports(span: ReadableSpan): boolean {
    return this.#isSampled(span) || this.#sampler.held.isKept(span.spanContext().traceId);
  }

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {}

  #isSampled(span: ReadableSpan): boolean {
    return hasSampledFlag(span) && !(this.#joined && this.#unsampled.has(span.spanContext().traceId));
  }
}

function hasSampledFlag(span: ReadableSpan): boolean {
  return (span.spanContext().traceFlags & TraceFlags.SAMPLED) !== 0;
}
