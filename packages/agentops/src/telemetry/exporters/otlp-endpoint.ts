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

/** What the path of a base URL does not end with. */
const OWN_PATH = /(\/v1\/(traces|metrics|logs))?\/*$/;

/** The path of an endpoint without that of a signal, and without a slash at its end. */
export function basePathOf({ pathname }: URL): string {
  return pathname.replace(OWN_PATH, '');
}

export type OtlpSignal = keyof typeof SIGNALS;

export interface OtlpEndpoint {
  readonly url: URL;
  readonly protocol: OtlpProtocol;
}

/**
 * Where one signal goes: a base URL gets the signal's path, a URL that has it is taken as it is (that of another signal
 * gives way to it), and `host:port` without a scheme means gRPC (in the clear, but with `tls` set).
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
  url.pathname = chosen === 'grpc' ? method : basePathOf(url) + path;
  return { url, protocol: chosen };
}
