import type { Answer } from '../transport/destination.ts';
import { GrpcStatus, grpcStatusName } from '../transport/grpc-status.ts';
import { retryDelayOf } from '../transport/retry-info.ts';
import { confirmOtlp } from './otlp-answer.ts';
import type { SendResult } from './sender.ts';

/** What the OTLP specification allows to send again. RESOURCE_EXHAUSTED only where the answer says when. */
const RETRYABLE: ReadonlySet<number> = new Set([
  GrpcStatus.CANCELLED,
  GrpcStatus.DEADLINE_EXCEEDED,
  GrpcStatus.ABORTED,
  GrpcStatus.OUT_OF_RANGE,
  GrpcStatus.UNAVAILABLE,
  GrpcStatus.DATA_LOSS,
]);

/** "Received message larger than max (5000000 vs. 4194304)", and what other implementations say. */
const SAYS_TOO_LARGE = /larger than|too large|exceeds? .*(size|length|limit)|message (size|length)/i;

/**
 * What the answer to a gRPC call says about the batch.
 *
 * @param where Stands in messages.
 * @param credentials What to look at when the credentials were refused.
 */
export function judgeGrpc(answer: Answer, where: string, credentials: string): SendResult {
  const { status, headers, body } = answer;
  if (status === GrpcStatus.OK) return confirmOtlp(body, 'protobuf') ?? { outcome: 'delivered' };
  const said = decodeMessage(headers['grpc-message'] ?? '');
  const message = `${where} answered ${grpcStatusName(status)}${said === '' ? '' : `: ${said}`}`;
  const retryAfterMs = retryDelayOf(headers['grpc-status-details-bin']);
  if (RETRYABLE.has(status) || (status === GrpcStatus.RESOURCE_EXHAUSTED && retryAfterMs !== undefined)) {
    return { outcome: 'retry', message, ...(retryAfterMs !== undefined && { retryAfterMs }) };
  }
  if (status === GrpcStatus.RESOURCE_EXHAUSTED && SAYS_TOO_LARGE.test(said)) {
    return { outcome: 'too_large', message };
  }
  if (status === GrpcStatus.UNAUTHENTICATED || status === GrpcStatus.PERMISSION_DENIED) {
    return { outcome: 'barred', message: `${message}; ${credentials}` };
  }
  const hint = status === GrpcStatus.UNIMPLEMENTED ? '; is it an OTLP endpoint?' : '';
  return { outcome: 'refused', message: `${message}${hint}` };
}

/** Percent-encoded by the protocol; what is not valid stands as it is. */
export function decodeMessage(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
