import { type Span, SpanStatusCode } from '@opentelemetry/api';
import * as attr from '../../semconv/attributes.ts';
import { GrpcStatus, grpcStatusName } from '../../telemetry/transport/grpc-status.ts';

/** How a call ended: a status of gRPC, of which only the code is sure to be there. */
export interface RpcStatus {
  readonly code?: number | undefined;
  readonly details?: string | undefined;
}

/** What is the server's own fault; the other statuses are answers that it meant to give. */
const SERVER_FAULTS: ReadonlySet<number> = new Set([
  GrpcStatus.UNKNOWN,
  GrpcStatus.DEADLINE_EXCEEDED,
  GrpcStatus.UNIMPLEMENTED,
  GrpcStatus.INTERNAL,
  GrpcStatus.UNAVAILABLE,
  GrpcStatus.DATA_LOSS,
]);

/** To whoever asks, every status but OK is a failure. */
export function recordClientStatus(span: Span, status: RpcStatus): void {
  recordStatus(span, status, (code) => code !== GrpcStatus.OK);
}

export function recordServerStatus(span: Span, status: RpcStatus): void {
  recordStatus(span, status, (code) => SERVER_FAULTS.has(code));
}

function recordStatus(
  span: Span,
  { code = GrpcStatus.UNKNOWN, details }: RpcStatus,
  isFailure: (code: number) => boolean,
): void {
  const name = grpcStatusName(code);
  span.setAttribute(attr.ATTR_RPC_GRPC_STATUS_CODE, code);
  span.setAttribute(attr.ATTR_RPC_RESPONSE_STATUS_CODE, name);
  if (!isFailure(code)) return;
  span.setAttribute(attr.ATTR_ERROR_TYPE, name);
  span.setStatus({ code: SpanStatusCode.ERROR, message: details || name });
}
