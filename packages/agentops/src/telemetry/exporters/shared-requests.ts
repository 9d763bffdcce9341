import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { type EncodeRequest, encodeRequest } from './encode-request.ts';

/**
 * {@link encodeRequest} for destinations that send the same spans at the same time, as they do while all of them keep up:
 * they are given the same bytes. Only for spans that nobody changes any more.
 */
export function shareRequests(): EncodeRequest {
  // Held by those who send it, and by nobody else.
  let last: { readonly batch: WeakRef<readonly ReadableSpan[]>; readonly request: WeakRef<Uint8Array> };
  return (batch) => {
    const known = last?.request.deref();
    if (known !== undefined && isSame(last.batch.deref(), batch)) return known;
    const request = encodeRequest(batch);
    last = { batch: new WeakRef(batch), request: new WeakRef(request) };
    return request;
  };
}

function isSame(encoded: readonly ReadableSpan[] | undefined, batch: readonly ReadableSpan[]): boolean {
  return encoded?.length === batch.length && batch.every((span, index) => span === encoded[index]);
}
