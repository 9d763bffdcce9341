import type { HrTime } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { SpanCopy } from '../span-copy.ts';

/** How OTLP says that a time is not known. */
const UNKNOWN: HrTime = [0, 0];

/**
 * When a span ended, `[0, 0]` while it runs. OpenTelemetry lets programs end spans at `NaN` or an invalid `Date`: such a span
 * took no time, as far as anybody knows; without an end it would run forever.
 */
export function endOf({ ended, startTime, endTime }: ReadableSpan): HrTime {
  return ended && !isTime(endTime) ? startTime : endTime;
}

/** The batch with times that OpenTelemetry's JSON serializer can write: it fails as a whole on one that is none. */
export function withReadableTimes(batch: readonly ReadableSpan[]): ReadableSpan[] {
  return batch.map((span) => (isReadable(span) ? span : readable(span)));
}

function readable(span: ReadableSpan): ReadableSpan {
  return new SpanCopy(span, {
    startTime: whole(span.startTime),
    endTime: whole(endOf(span)),
    events: span.events.map((event) => ({ ...event, time: whole(event.time) })),
  });
}

function isReadable({ startTime, endTime, events }: ReadableSpan): boolean {
  return isWhole(startTime) && isWhole(endTime) && events.every(({ time }) => isWhole(time));
}

function whole(time: HrTime): HrTime {
  return isTime(time) ? [Math.trunc(time[0]), Math.trunc(time[1])] : UNKNOWN;
}

function isWhole([seconds, nanos]: HrTime): boolean {
  return Number.isInteger(seconds) && Number.isInteger(nanos);
}

function isTime([seconds, nanos]: HrTime): boolean {
  return Number.isFinite(seconds) && Number.isFinite(nanos);
}
