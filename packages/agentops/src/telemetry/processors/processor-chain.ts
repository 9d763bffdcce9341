import type { Context } from '@opentelemetry/api';
import type { ReadableSpan, Span, SpanProcessor } from '@opentelemetry/sdk-trace';

/** Several processors as one: each gets every span, in their order. */
export class ProcessorChain implements SpanProcessor {
  readonly #processors: readonly SpanProcessor[];
  readonly #flush: () => Promise<void>;

  /** @param flush Delivers what all of them have been given. */
  constructor(processors: readonly SpanProcessor[], flush: () => Promise<void>) {
    this.#processors = processors;
    this.#flush = flush;
  }

  onStart(span: Span, parentContext: Context): void {
    for (const processor of this.#processors) processor.onStart(span, parentContext);
  }

  onEnding(span: Span): void {
    for (const processor of this.#processors) processor.onEnding?.(span);
  }

  onEnd(span: ReadableSpan): void {
    for (const processor of this.#processors) processor.onEnd(span);
  }

  forceFlush(): Promise<void> {
    return this.#flush();
  }

  /** Whose provider it is decides about its own end alone: ours is `shutdown` of the client. */
  shutdown(): Promise<void> {
    return this.#flush();
  }
}
