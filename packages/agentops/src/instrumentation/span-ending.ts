import type { Span } from '@opentelemetry/api';
import type { ModelRequestContext } from '../telemetry/propagation/model-request.ts';
import { hrNow } from '../time.ts';

/** The end of a call's span. It comes once, whichever of the call's outcomes is the first to be told. */
export class SpanEnding {
  readonly #span: Span;
  readonly #context: ModelRequestContext | undefined;
  #ended = false;

  /** @param context That of a request of the call's, which outlives it. */
  constructor(span: Span, context?: ModelRequestContext) {
    this.#span = span;
    this.#context = context;
  }

  /** Records the outcome and ends the span, which ends also where an outcome of an unexpected shape cannot be recorded. */
  end(record: () => void): void {
    if (this.#ended) return;
    this.#ended = true;
    try {
      record();
    } finally {
      this.#span.end(hrNow());
      this.#context?.letGo();
    }
  }
}
