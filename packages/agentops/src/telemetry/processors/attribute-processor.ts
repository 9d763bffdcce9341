import type { Attributes, AttributeValue } from '@opentelemetry/api';
import type { Span, SpanProcessor } from '@opentelemetry/sdk-trace';

/**
 * An attribute of the SDK's own making; left out where the value is undefined. Pairs and no object: one of so many keys
 * that are not known in advance is slow to make and slower to go through.
 */
export type AttributePair = readonly [key: string, value: AttributeValue | undefined];

/**
 * Puts the SDK's own attributes on spans of a provider of ours. OpenTelemetry checks every value given to `startSpan`
 * twice and every other once, with a new `WeakSet` each, which costs more than the rest of a span; ours need no check.
 */
export class AttributeProcessor implements SpanProcessor {
  #next: readonly AttributePair[] | undefined;

  /** Runs `start`, whose span has `attributes` before any later processor sees it. They never outlive the call. */
  startWith<T>(attributes: readonly AttributePair[], start: () => T): T {
    this.#next = attributes;
    try {
      return start();
    } finally {
      this.#next = undefined;
    }
  }

  onStart(span: Span): void {
    const attributes = this.#next;
    // What a later processor starts is another span.
    this.#next = undefined;
    if (attributes === undefined) return;
    // A user's attributes are on the span already, and win.
    for (const [key, value] of attributes) {
      if (span.attributes[key] === undefined) writeAttribute(span, key, value);
    }
  }

  onEnd(): void {}

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {}
}

/** Sets attributes on a running span; undefined ones are left out, and only lists and maps are checked. */
export function writeAttributes(span: Span, attributes: readonly AttributePair[]): void {
  for (const [key, value] of attributes) writeAttribute(span, key, value);
}

function writeAttribute(span: Span, key: string, value: AttributeValue | undefined): void {
  const type = typeof value;
  if (type === 'string' || type === 'number' || type === 'boolean') span.attributes[key] = value;
  else if (value !== undefined) span.setAttribute(key, value);
}

/** For spans that are not ours to write to. */
export function toAttributes(pairs: readonly AttributePair[]): Attributes {
  return Object.fromEntries(pairs.filter(([, value]) => value !== undefined));
}
