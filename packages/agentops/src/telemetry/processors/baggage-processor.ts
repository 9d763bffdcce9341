import { type Attributes, type Baggage, type Context, propagation } from '@opentelemetry/api';
import type { Span, SpanProcessor } from '@opentelemetry/sdk-trace';
import { compileGlobs } from '../../glob.ts';
import { ATTR_SESSION_ID } from '../../semconv/attributes.ts';

/** Puts baggage entries that are allowed to on every span started below them. What the span says itself stays. */
export class BaggageProcessor implements SpanProcessor {
  readonly #isAllowed: (key: string) => boolean;
  readonly #sessionsOnly: boolean;
  /** Baggage never changes and is shared by all spans below it. */
  readonly #attributes = new WeakMap<Baggage, Attributes>();

  /**
   * @param keys Entries that become attributes; `*` stands for any characters.
   * @param sessionsOnly Leaves spans of no session as they are: in an application's own set-up those are not ours.
   */
  constructor(keys: readonly string[], sessionsOnly: boolean) {
    this.#sessionsOnly = sessionsOnly;
    this.#isAllowed = compileGlobs(keys);
  }

  onStart(span: Span, parentContext: Context): void {
    const baggage = propagation.getBaggage(parentContext);
    if (baggage === undefined) return;
    if (this.#sessionsOnly && span.attributes[ATTR_SESSION_ID] === undefined) return;
    for (const [key, value] of Object.entries(this.#attributesOf(baggage))) {
      if (span.attributes[key] === undefined) span.setAttribute(key, value);
    }
  }

  onEnd(): void {}

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {}

  #attributesOf(baggage: Baggage): Attributes {
    const known = this.#attributes.get(baggage);
    if (known !== undefined) return known;
    const allowed = baggage.getAllEntries().filter(([key]) => this.#isAllowed(key));
    const attributes = Object.fromEntries(allowed.map(([key, { value }]) => [key, value]));
    this.#attributes.set(baggage, attributes);
    return attributes;
  }
}
