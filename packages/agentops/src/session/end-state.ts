import { type SpanStatus, SpanStatusCode } from '@opentelemetry/api';

/** How a session ended. `Indeterminate` where nobody said. */
export type EndState = 'Success' | 'Fail' | 'Indeterminate';

const STATUS_CODES: Record<EndState, SpanStatusCode> = {
  Success: SpanStatusCode.OK,
  Fail: SpanStatusCode.ERROR,
  Indeterminate: SpanStatusCode.UNSET,
};

/** True for the three end states, whatever a JavaScript caller passed. */
export function isEndState(value: unknown): value is EndState {
  return typeof value === 'string' && Object.hasOwn(STATUS_CODES, value);
}

/** The span status of an end state; a failure's reason becomes the status message. */
export function toSpanStatus(state: EndState, reason: string | undefined): SpanStatus {
  const code = STATUS_CODES[state];
  return code === SpanStatusCode.ERROR && reason !== undefined ? { code, message: reason } : { code };
}
