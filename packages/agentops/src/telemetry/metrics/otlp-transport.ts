import { ProtobufMetricsSerializer } from '@opentelemetry/otlp-transformer';
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics';
import type { MetricsConfig } from '../../config/config.ts';
import { AgentOpsError } from '../../errors.ts';
import { OtlpHttp } from '../exporters/otlp-http.ts';
import type { SendResult } from '../exporters/sender.ts';

/** A way of metrics to an OTLP endpoint, one attempt at a time. */
export interface MetricsTransport {
  /** Undefined where they cannot be serialised. */
  encode(metrics: ResourceMetrics): Uint8Array | undefined;
  /** Never rejects. */
  post(request: Uint8Array, signal: AbortSignal): Promise<SendResult>;
  /** Cuts off what is under way. */
  close(): void;
}

const DEFAULT_ENDPOINT = 'http://localhost:4318';
const PATH = '/v1/metrics';

/**
 * The transport that `metrics.otlp` describes.
 *
 * @throws {AgentOpsError} `invalid_config` for a protocol other than `http/protobuf`.
 */
export function createMetricsTransport(options: Exclude<MetricsConfig['otlp'], false>): MetricsTransport {
  const { endpoint = DEFAULT_ENDPOINT, headers, token, protocol = 'http/protobuf' } = options;
  if (protocol !== 'http/protobuf') {
    const message = `metrics.otlp.protocol = "${protocol}": metrics are sent over http/protobuf alone`;
    throw new AgentOpsError('invalid_config', message);
  }
  const base = endpoint.replace(/\/+$/, '');
  const wire = new OtlpHttp(base.endsWith(PATH) ? base : base + PATH, {
    ...headers,
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  });
  return {
    encode: (metrics) => ProtobufMetricsSerializer.serializeRequest(metrics),
    post: (request, signal) => wire.post(request, signal),
    close: () => wire.close(),
  };
}
