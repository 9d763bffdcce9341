import type { Context } from '@opentelemetry/api';
import type { ReadableSpan, Span, SpanProcessor } from '@opentelemetry/sdk-trace';
import type { Reporter } from '../../reporter.ts';

/**
 * A processor whose faults stay its own: unguarded, one that throws in `onEnd` throws out of the user's `span.end()`
 * and keeps the span from every processor after it.
 */
export class GuardedProcessor implements SpanProcessor {
  readonly #inner: SpanProcessor;
  readonly #reporter: Reporter;
  readonly #name: string;

  constructor(inner: SpanProcessor, reporter: Reporter) {
    this.#inner = inner;
    this.#reporter = reporter;
    this.#name = inner.constructor.name;
  }

  onStart(span: Span, parentContext: Context): void {
    try {
      this.#inner.onStart(span, parentContext);
    } catch (error) {
      this.#failed('onStart', error);
    }
  }

  onEnding(span: Span): void {
    try {
      this.#inner.onEnding?.(span);
    } catch (error) {
      this.#failed('onEnding', error);
    }
  }

  onEnd(span: ReadableSpan): void {
    try {
      this.#inner.onEnd(span);
    } catch (error) {
      this.#failed('onEnd', error);
    }
  }

  async forceFlush(): Promise<void> {
    await this.#settle('forceFlush', () => this.#inner.forceFlush());
  }

  async shutdown(): Promise<void> {
    await this.#settle('shutdown', () => this.#inner.shutdown());
  }

  async #settle(method: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#failed(method, error);
    }
  }

  #failed(method: string, error: unknown): void {
    this.#reporter.guard(`${this.#name}.${method}`, () => {
      throw error;
    });
  }
}
