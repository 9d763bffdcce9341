import { encodeExportResponse, encodeStatus, type OtlpContentType, type RejectedSpan } from '@agentops/otlp';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refusal } from '../http/refusal.ts';
import { refuse } from '../http/refuse.ts';

/** The `google.rpc.Code` of each HTTP status; clients read the HTTP status, people read this one. */
const RPC_CODES: Readonly<Record<number, number>> = {
  400: 3, // INVALID_ARGUMENT
  401: 16, // UNAUTHENTICATED
  403: 7, // PERMISSION_DENIED
  413: 3,
  415: 3,
  429: 8, // RESOURCE_EXHAUSTED
  500: 13, // INTERNAL
  503: 14, // UNAVAILABLE
};
const RPC_UNKNOWN = 2;

/** A partial success names this many of its rejected spans. */
const NAMED_REJECTIONS = 5;

/**
 * The encoding of a request, which is that of its answer too.
 *
 * @throws {Refusal} 415 where it is neither.
 */
export function requireOtlp({ mediaType, headers }: FastifyRequest): OtlpContentType {
  if (isOtlp(mediaType)) return mediaType;
  throw new Refusal(
    415,
    'unsupported_media_type',
    `Content-Type ${JSON.stringify(headers['content-type'] ?? '')} is not OTLP. ` +
      'Use application/x-protobuf or application/json.',
  );
}

/** Answers 200: everything was taken, except the spans in `lost`, which no resending can save. */
export function answerSuccess(
  reply: FastifyReply,
  contentType: OtlpContentType,
  lost: readonly RejectedSpan[] = [],
): FastifyReply {
  return reply.type(contentType).send(encodeExportResponse(contentType, lost.length, describe(lost)));
}

/** Answers an error as a `google.rpc.Status` in the request's encoding. */
export function answerStatus(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { status, message, retryAfter } = refuse(error, request, reply);
  const contentType = isOtlp(request.mediaType) ? request.mediaType : 'application/json';
  return reply
    .type(contentType)
    .send(encodeStatus(contentType, RPC_CODES[status] ?? RPC_UNKNOWN, message, retryAfter));
}

function isOtlp(mediaType: string | undefined): mediaType is OtlpContentType {
  return mediaType === 'application/x-protobuf' || mediaType === 'application/json';
}

function describe(lost: readonly RejectedSpan[]): string {
  const named = lost
    .slice(0, NAMED_REJECTIONS)
    .map(({ trace_id, span_id, reason }) => `span ${span_id} of trace ${trace_id}: ${reason}`);
  const more = lost.length - named.length;
  return [...named, ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
}
