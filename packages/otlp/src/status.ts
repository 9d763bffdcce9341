import { Writer } from 'protobufjs/minimal.js';
import type { OtlpContentType } from './decode-traces.ts';
import { tag, WireType } from './protobuf/wire-type.ts';

/** Field numbers of `google.rpc.Status`, `google.rpc.RetryInfo` and the well-known types in them. */
const Status = { CODE: 1, MESSAGE: 2, DETAILS: 3 } as const;
const Any = { TYPE_URL: 1, VALUE: 2 } as const;
const RETRY_DELAY = 1;
const Duration = { SECONDS: 1 } as const;

const RETRY_INFO = 'type.googleapis.com/google.rpc.RetryInfo';

/**
 * Encodes a `google.rpc.Status`: the body of every OTLP/HTTP answer that is not 200 and, as protobuf, the value of
 * gRPC's `grpc-status-details-bin`.
 *
 * @param contentType the encoding of the request, which the answer shares
 * @param code of `google.rpc.Code`: 3 invalid argument, 8 resource exhausted, 13 internal, 14 unavailable, …
 * @param message what was wrong and what to do, for a person to read
 * @param retryAfter whole seconds after which the sender may try again, told as `google.rpc.RetryInfo`; without it
 * OTLP/gRPC senders do not retry code 8
 */
export function encodeStatus(
  contentType: OtlpContentType,
  code: number,
  message: string,
  retryAfter?: number,
): Uint8Array {
  if (contentType === 'application/json') {
    const details = retryAfter !== undefined && {
      details: [{ '@type': RETRY_INFO, retryDelay: `${retryAfter}s` }],
    };
    return Buffer.from(JSON.stringify({ code, message, ...details }));
  }
  const writer = Writer.create();
  writer.uint32(tag(Status.CODE, WireType.VARINT)).int32(code);
  writer.uint32(tag(Status.MESSAGE, WireType.LENGTH_DELIMITED)).string(message);
  if (retryAfter === undefined) return writer.finish();
  writer.uint32(tag(Status.DETAILS, WireType.LENGTH_DELIMITED)).fork();
  writer.uint32(tag(Any.TYPE_URL, WireType.LENGTH_DELIMITED)).string(RETRY_INFO);
  writer.uint32(tag(Any.VALUE, WireType.LENGTH_DELIMITED)).fork();
  writer.uint32(tag(RETRY_DELAY, WireType.LENGTH_DELIMITED)).fork();
  writer.uint32(tag(Duration.SECONDS, WireType.VARINT)).int64(retryAfter);
  return writer.ldelim().ldelim().ldelim().finish();
}
