import type { AgentOpsExporterOptions } from '../../config/exporter-options.ts';
import type { EncodeRequest } from './encode-request.ts';
import { OtlpWire } from './otlp-wire.ts';
import { WireExporter } from './wire-exporter.ts';

/**
 * Sends spans as OTLP/HTTP protobuf to the AgentOps backend. `init` makes one by default; it is also a plain
 * OpenTelemetry exporter for a set-up of your own.
 */
export class SessionExporter extends WireExporter {
  /**
   * @param encode Of the SDK's own use.
   * @throws {AgentOpsError} `invalid_config` where endpoint, headers or files of `tls` cannot be used.
   */
  constructor(
    { apiKey, endpoint = 'http://localhost:4600', ...network }: SessionExporterOptions = {},
    encode?: EncodeRequest,
  ) {
    const options = {
      ...network,
      endpoint,
      protocol: 'http/protobuf',
      token: apiKey,
      credentials: 'the API key is missing, wrong or revoked; set apiKey or AGENTOPS_API_KEY',
    } as const;
    super(new OtlpWire(options, encode), { live: true });
  }
}

type SessionExporterOptions = Omit<AgentOpsExporterOptions, 'type'>;
