import type { SpanDocument } from '@agentops/server/api';
import {
  ERROR_TYPE,
  EXCEPTION_EVENT,
  EXCEPTION_MESSAGE,
  EXCEPTION_STACKTRACE,
  EXCEPTION_TYPE,
} from '../semconv.ts';

/** One thing that went wrong in a span. */
export interface Failure {
  readonly type: string;
  readonly message: string;
  readonly stack: string | null;
}

/**
 * What went wrong: every exception the span recorded, each once (wrappers record what the wrapped recorded); for a failed span that recorded none, its status. A span can
 * record an exception and still succeed, so this says nothing about its status.
 */
export function failuresOf(
  span: Pick<SpanDocument, 'events' | 'attributes' | 'status' | 'status_message'>,
): Failure[] {
  const exceptions = span.events
    .filter((event) => event.name === EXCEPTION_EVENT)
    .map(({ attributes }) => ({
      type: text(attributes[EXCEPTION_TYPE]) ?? text(span.attributes[ERROR_TYPE]) ?? 'Error',
      message: text(attributes[EXCEPTION_MESSAGE]) ?? span.status_message,
      stack: text(attributes[EXCEPTION_STACKTRACE]),
    }));
  if (exceptions.length > 0 || span.status !== 2) return distinct(exceptions);
  return [{ type: text(span.attributes[ERROR_TYPE]) ?? 'Error', message: span.status_message, stack: null }];
}

function distinct(failures: readonly Failure[]): Failure[] {
  return [...new Map(failures.map((failure) => [JSON.stringify(failure), failure])).values()];
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
