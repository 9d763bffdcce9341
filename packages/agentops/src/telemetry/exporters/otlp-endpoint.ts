import type { OtlpProtocol } from '../../config/config.ts';
import type { OtlpExporterOptions } from '../../config/exporter-options.ts';
import { parseUrl } from '../transport/network-destination.ts';

/** What OTLP carries: where each signal goes over HTTP and over gRPC. */
const SIGNALS = {
  traces: {
    path: '/v1/traces',
    method: '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
  },
  metrics: {
    path: '/v1/metrics',
    method: '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export',
  },
  logs: {
    path: '/v1/logs',
    method: '/opentelemetry.proto.collector.logs.v1.LogsService/Export',
  },
} as const;

export type OtlpSignal = keyof typeof SIGNALS;

export interface OtlpEndpoint {
  readonly url: URL;
  readonly protocol: OtlpProtocol;
}

/**
 * Where one signal goes: a base URL gets the signal's path, a URL that has it is taken as it is, and `host:port`
 * without a scheme means gRPC (in the clear, but with `tls` set).
 *
 * @throws {AgentOpsError} `invalid_config` where the endpoint is no URL.
 */
export function otlpEndpoint(
  { endpoint, protocol, tls }: Pick<OtlpExporterOptions, 'endpoint' | 'protocol' | 'tls'>,
  signal: OtlpSignal,
): OtlpEndpoint {
  const hasScheme = endpoint === undefined || endpoint.includes('://');
  const chosen = protocol ?? (hasScheme ? 'http/protobuf' : 'grpc');
  const base = endpoint ?? `http://localhost:${chosen === 'grpc' ? 4317 : 4318}`;
  const url = parseUrl(hasScheme ? base : `${tls === undefined ? 'http' : 'https'}://${base}`);
  const { path, method } = SIGNALS[signal];
  if (chosen === 'grpc') url.pathname = method;
  else if (!url.pathname.endsWith(path)) url.pathname = url.pathname.replace(/\/+$/, '') + path;
  return { url, protocol: chosen };
}
