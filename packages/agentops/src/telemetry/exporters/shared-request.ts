import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { encodeRequest } from './encode-request.ts';

interface Encoded {
  readonly batch: WeakRef<readonly ReadableSpan[]>;
  readonly request: WeakRef<Uint8Array>;
}

/** Held by whoever sends it, and by nobody else. */
let last: Encoded | undefined;

/**
 * The OTLP protobuf request that carries `batch`. Destinations that send the same spans at the same time, as they do
 * while all of them keep up, are given the same bytes, which nobody must write to.
 */
export function sharedRequest(batch: readonly ReadableSpan[]): Uint8Array {
  const known = last?.request.deref();
  if (known !== undefined && isSame(last?.batch.deref(), batch)) return known;
  const request = encodeRequest(batch);
  last = { batch: new WeakRef(batch), request: new WeakRef(request) };
  return request;
}

/** Spans that have ended change no more: the same ones make the same request. */
function isSame(encoded: readonly ReadableSpan[] | undefined, batch: readonly ReadableSpan[]): boolean {
  return encoded?.length === batch.length && batch.every((span, index) => span === encoded[index]);
}
