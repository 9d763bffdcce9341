import { JsonMetricsSerializer, ProtobufMetricsSerializer } from '@opentelemetry/otlp-transformer';
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics';
import type { MetricsConfig } from '../../config/config.ts';
import { OtlpTransport } from '../exporters/otlp-transport.ts';
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

/**
 * The transport that `metrics.otlp` describes.
 *
 * @throws {AgentOpsError} `invalid_config` where endpoint, headers or files of `tls` cannot be used.
 */
export function createMetricsTransport(options: Exclude<MetricsConfig['otlp'], false>): MetricsTransport {
  const transport = new OtlpTransport(options, 'metrics');
  const serializer = transport.encoding === 'json' ? JsonMetricsSerializer : ProtobufMetricsSerializer;
  return {
    encode: (metrics) => serializer.serializeRequest(metrics),
    post: (request, signal) => transport.post(request, signal),
    close: () => transport.close(),
  };
}
