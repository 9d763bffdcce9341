import { type Context, context, createContextKey, type Span, trace } from '@opentelemetry/api';
import type { CurrentSpan } from '../current-span.ts';

const MODEL_REQUEST = createContextKey('agentops.model-request');

/** `base`, in which the requests are those of a model call that has its span already. */
export function withModelRequest(base: Context): Context {
  return base.setValue(MODEL_REQUEST, true);
}

/** True where a request goes to a model's provider: it stays byte for byte the user's, and gets no span of its own. */
export function isModelRequest(base: Context = context.active()): boolean {
  return base.getValue(MODEL_REQUEST) === true;
}

/**
 * The context in which a provider's client sends a request that has its span: a parent's with that span as the current
 * one. Clients keep their promises, and with them this, long after the answer (until the next full garbage collection),
 * so that it lets go of the span and of all that was said, once that has ended. What starts here later still hangs below
 * the span.
 */
export class ModelRequestContext implements Context {
  readonly #parent: Context;
  readonly #current: CurrentSpan;
  #span: Span;

  /** @param current Where the current span is found. */
  constructor(parent: Context, span: Span, current: CurrentSpan) {
    this.#parent = parent;
    this.#span = span;
    this.#current = current;
  }

  getValue(key: symbol): unknown {
    if (key === this.#current.key) return this.#span;
    return key === MODEL_REQUEST || this.#parent.getValue(key);
  }

  setValue(key: symbol, value: unknown): Context {
    return this.#copy().setValue(key, value);
  }

  deleteValue(key: symbol): Context {
    return this.#copy().deleteValue(key);
  }

  /** The span has ended: from now on its place is all that is known of it. */
  letGo(): void {
    this.#span = trace.wrapSpanContext(this.#span.spanContext());
  }

  #copy(): Context {
    return withModelRequest(this.#current.in(this.#parent, this.#span));
  }
}
