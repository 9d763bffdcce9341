import type { AgentOpsExporterOptions } from '../../config/exporter-options.ts';
import { OtlpWire } from './otlp-wire.ts';
import { WireExporter } from './wire-exporter.ts';

/**
 * Sends spans as OTLP/HTTP protobuf to the AgentOps backend. `init` makes one by default; it is also a plain
 * OpenTelemetry exporter for a set-up of your own.
 */
export class SessionExporter extends WireExporter {
  /** @throws {AgentOpsError} `invalid_config` where endpoint, headers or files of `tls` cannot be used. */
  constructor({ apiKey, endpoint = 'http://localhost:4600', ...network }: SessionExporterOptions = {}) {
    super(
      new OtlpWire({
        ...network,
        endpoint,
        protocol: 'http/protobuf',
        token: apiKey,
        credentials: 'the API key is missing, wrong or revoked; set apiKey or AGENTOPS_API_KEY',
      }),
      { live: true },
    );
  }
}

type SessionExporterOptions = Omit<AgentOpsExporterOptions, 'type'>;
