import { readJsonRequest } from './json/trace-request.ts';
import { readProtobufRequest } from './protobuf/trace-request.ts';
import type { DecodedSpans } from './span-row.ts';
import { addRows } from './span-rows.ts';

/** The two encodings of OTLP, by the media type they travel under. */
export type OtlpContentType = 'application/x-protobuf' | 'application/json';

/** Work without a pause. */
const SLICE_MS = 2;

const readers = {
  'application/x-protobuf': readProtobufRequest,
  'application/json': readJsonRequest,
} as const satisfies Record<OtlpContentType, unknown>;

/**
 * Decodes an OTLP `ExportTraceServiceRequest` into rows for the store, every dialect brought to one set of names.
 *
 * A span that can never be stored (ids of a wrong length or all zero, no start time) is left out and named in
 * `rejected`; the others are taken. The body is read in place and not kept.
 *
 * @param body the request's body, already decompressed
 * @param contentType how it is encoded
 * @throws OtlpDecodeError where the body as a whole cannot be read: it is truncated, or not such a request
 */
export function decodeTraces(body: Uint8Array, contentType: OtlpContentType): DecodedSpans {
  const decoded: DecodedSpans = { rows: [], rejected: [] };
  for (const group of readers[contentType](body)) addRows(group, decoded);
  return decoded;
}

/**
 * Like `decodeTraces`, with a pause between every few milliseconds of work, so that other work of the process goes on. The
 * body must not change meanwhile.
 *
 * @param pause resolves when the work may go on, such as `setImmediate` of `node:timers/promises`
 */
export async function decodeTracesInSlices(
  body: Uint8Array,
  contentType: OtlpContentType,
  pause: () => Promise<unknown>,
): Promise<DecodedSpans> {
  const decoded: DecodedSpans = { rows: [], rejected: [] };
  let began = performance.now();
  for (const group of readers[contentType](body)) {
    addRows(group, decoded);
    if (performance.now() - began < SLICE_MS) continue;
    await pause();
    began = performance.now();
  }
  return decoded;
}
