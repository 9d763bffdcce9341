import type { NetworkOptions, OtlpExporterOptions } from '../config/exporter-options.ts';
import { type OtlpSignal, otlpEndpoint } from '../telemetry/exporters/otlp-endpoint.ts';
import { networkDestination } from '../telemetry/transport/network-destination.ts';
import { probeNetwork } from './network-probe.ts';
import type { ProbeResult } from './probe-result.ts';

/** An empty request in JSON, and what would be in it, in words. */
const SIGNALS: Readonly<Record<OtlpSignal, { readonly empty: string; readonly what: string }>> = {
  traces: { empty: '{"resourceSpans":[]}', what: 'spans' },
  metrics: { empty: '{"resourceMetrics":[]}', what: 'metrics' },
  logs: { empty: '{"resourceLogs":[]}', what: 'log records' },
};

/** The options of a destination that speaks OTLP. */
export type OtlpDestination = Pick<OtlpExporterOptions, 'endpoint' | 'protocol'> & NetworkOptions;

export interface OtlpHints {
  /** Which options credentials are given in. */
  readonly credentials: string;
  /** What to do where nothing listens. */
  readonly start?: string;
}

/** Asks an OTLP destination whether it would take one signal, with its credentials and an empty request. Never rejects. */
export async function probeOtlp(
  options: OtlpDestination,
  signal: OtlpSignal,
  hints: OtlpHints = { credentials: 'token or headers' },
): Promise<ProbeResult> {
  const isJson = options.protocol === 'http/json';
  const { empty, what } = SIGNALS[signal];
  return probeNetwork({
    ...hints,
    what,
    body: isJson ? empty : '',
    destination() {
      const { url, protocol } = otlpEndpoint(options, signal);
      if (protocol === 'grpc') return networkDestination({ transport: 'grpc', url }, options);
      const contentType = isJson ? 'application/json' : 'application/x-protobuf';
      return networkDestination({ transport: 'http', url, contentType }, options);
    },
  });
}
