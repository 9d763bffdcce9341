import type { OtlpExporterOptions } from '../config/exporter-options.ts';
import { probeGrpc } from './grpc-probe.ts';
import { probeHttp } from './http-probe.ts';
import type { ProbeResult } from './probe-result.ts';

/** What OTLP carries: where it goes over HTTP and over gRPC, and what an empty request is in JSON. */
const SIGNALS = {
  traces: {
    path: '/v1/traces',
    service: 'trace.v1.TraceService',
    empty: '{"resourceSpans":[]}',
    what: 'spans',
  },
  metrics: {
    path: '/v1/metrics',
    service: 'metrics.v1.MetricsService',
    empty: '{"resourceMetrics":[]}',
    what: 'metrics',
  },
  logs: {
    path: '/v1/logs',
    service: 'logs.v1.LogsService',
    empty: '{"resourceLogs":[]}',
    what: 'log records',
  },
} as const;

export type OtlpSignal = keyof typeof SIGNALS;

/** The options of a destination that speaks OTLP. */
export type OtlpDestination = Pick<
  OtlpExporterOptions,
  'endpoint' | 'protocol' | 'headers' | 'token' | 'tls'
>;

/** Asks an OTLP destination whether it would take one signal, with its credentials and an empty request. Never rejects. */
export async function probeOtlp(destination: OtlpDestination, signal: OtlpSignal): Promise<ProbeResult> {
  const { path, service, empty, what } = SIGNALS[signal];
  const { endpoint: given, protocol: wanted } = destination;
  const protocol = wanted ?? (given === undefined || given.includes('://') ? 'http/protobuf' : 'grpc');
  const endpoint = given ?? `http://localhost:${protocol === 'grpc' ? 4317 : 4318}`;
  if (protocol === 'grpc') {
    const method = `/opentelemetry.proto.collector.${service}/Export`;
    return probeGrpc({ ...destination, endpoint, method, what });
  }
  const isJson = protocol === 'http/json';
  return probeHttp({
    ...destination,
    url: endpoint.endsWith(path) ? endpoint : endpoint.replace(/\/+$/, '') + path,
    contentType: isJson ? 'application/json' : 'application/x-protobuf',
    body: isJson ? empty : '',
    credentials: 'token or headers',
    what,
  });
}
