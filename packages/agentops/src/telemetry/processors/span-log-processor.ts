import { type Context, ROOT_CONTEXT, SpanStatusCode, trace } from '@opentelemetry/api';
import { hrTimeToMilliseconds } from '@opentelemetry/core';
import type { ReadableSpan, Span, SpanProcessor } from '@opentelemetry/sdk-trace';
import type { Reporter } from '../../reporter.ts';
import { ATTR_EVENT_TYPE } from '../../semconv/attributes.ts';

/** Tells of the start and end of every span, for whoever wants to watch what the SDK does. Only used at level debug. */
export class SpanLogProcessor implements SpanProcessor {
  readonly #reporter: Reporter;

  constructor(reporter: Reporter) {
    this.#reporter = reporter;
  }

  onStart(span: Span, parentContext: Context): void {
    this.#reporter.debug(`${kindOf(span)} ${span.name} started`, trace.setSpan(parentContext, span));
  }

  onEnd(span: ReadableSpan): void {
    const ms = hrTimeToMilliseconds(span.duration).toFixed(1);
    const { code, message } = span.status;
    const failure = code === SpanStatusCode.ERROR ? `, failed: ${message ?? 'no reason given'}` : '';
    // The SDK hands out one object under its two faces. Whatever runs at its end, the line is about the span.
    const about = trace.setSpan(ROOT_CONTEXT, span as Span);
    this.#reporter.debug(`${kindOf(span)} ${span.name} ended after ${ms} ms${failure}`, about);
  }

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {}
}

function kindOf({ attributes }: ReadableSpan): 'event' | 'span' {
  return attributes[ATTR_EVENT_TYPE] === undefined ? 'span' : 'event';
}
