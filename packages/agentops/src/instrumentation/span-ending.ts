import type { Span } from '@opentelemetry/api';
import { hrNow } from '../time.ts';

/** The end of a call's span. It comes once, whichever of the call's outcomes is the first to be told. */
export class SpanEnding {
  readonly #span: Span;
  #ended = false;

  constructor(span: Span) {
    this.#span = span;
  }

  /** Records the outcome and ends the span, which ends also where an outcome of an unexpected shape cannot be recorded. */
  end(record: () => void): void {
    if (this.#ended) return;
    this.#ended = true;
    try {
      record();
    } finally {
      this.#span.end(hrNow());
    }
  }
}
