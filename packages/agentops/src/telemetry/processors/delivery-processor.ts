import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace';
import type { InitOptions } from '../../config/options.ts';
import { ATTR_AGENTOPS_SPAN_KIND } from '../../semconv/attributes.ts';

/**
 * Hands the platform a promise of the delivery whenever a session ends: one that freezes programs between requests
 * waits for it. Called in the context of whoever ends the session, since some platforms find the request that way.
 */
export class DeliveryProcessor implements SpanProcessor {
  readonly #waitUntil: NonNullable<InitOptions['waitUntil']>;
  readonly #flush: () => Promise<void>;

  /** @param flush Never rejects. */
  constructor(waitUntil: NonNullable<InitOptions['waitUntil']>, flush: () => Promise<void>) {
    this.#waitUntil = waitUntil;
    this.#flush = flush;
  }

  onStart(): void {}

  onEnd(span: ReadableSpan): void {
    if (span.attributes[ATTR_AGENTOPS_SPAN_KIND] === 'session') this.#waitUntil(this.#flush());
  }

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {}
}
