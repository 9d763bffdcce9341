import type { Attributes, AttributeValue } from '@opentelemetry/api';
import type { Span, SpanProcessor } from '@opentelemetry/sdk-trace';
import { withRoom } from './roomy-attributes.ts';

/** Sets an attribute of the SDK's own making; does nothing where the value is undefined. */
export type SetAttribute = (key: string, value: AttributeValue | undefined) => void;

/**
 * Sets attributes by calling `set` for each. No object of them, and no list: one of so many keys that are not known in
 * advance is slow to make and slower to go through.
 */
export type SetAttributes = (set: SetAttribute) => void;

/**
 * Puts the SDK's own attributes on spans of a provider of ours. OpenTelemetry checks every value given to `startSpan`
 * twice and every other once, with a new `WeakSet` each, which costs more than the rest of a span; ours need no check.
 */
export class AttributeProcessor implements SpanProcessor {
  #next: SetAttributes | undefined;

  /** Runs `start`, whose span has `attributes` before any later processor sees it. They never outlive the call. */
  startWith<T>(attributes: SetAttributes, start: () => T): T {
    this.#next = attributes;
    try {
      return start();
    } finally {
      this.#next = undefined;
    }
  }

  onStart(span: Span): void {
    const setAttributes = this.#next;
    // What a later processor starts is another span.
    this.#next = undefined;
    if (setAttributes === undefined) return;
    const attributes = withRoom(span.attributes);
    (span as { attributes: Attributes }).attributes = attributes;
    setAttributes((key, value) => {
      // A user's attributes are on the span already, and win.
      if (attributes[key] === undefined) writeAttribute(span, key, value);
    });
  }

  onEnd(): void {}

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {}
}

/** Sets an attribute on a running span; only lists and maps are checked. */
export function writeAttribute(span: Span, key: string, value: AttributeValue | undefined): void {
  const type = typeof value;
  if (type === 'string' || type === 'number' || type === 'boolean') span.attributes[key] = value;
  else if (value !== undefined) span.setAttribute(key, value);
}

/** For spans that are not ours to write to. */
export function toAttributes(setAttributes: SetAttributes): Attributes {
  const attributes: Attributes = {};
  setAttributes((key, value) => {
    if (value !== undefined) attributes[key] = value;
  });
  return attributes;
}
