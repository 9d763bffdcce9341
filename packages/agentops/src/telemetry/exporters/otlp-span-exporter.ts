import type { OtlpExporterOptions } from '../../config/exporter-options.ts';
import type { EncodeRequest } from './encode-request.ts';
import { OtlpWire } from './otlp-wire.ts';
import { WireExporter } from './wire-exporter.ts';

/** Sends spans by OTLP to any backend, over HTTP in protobuf or JSON, or over gRPC. */
export class OtlpSpanExporter extends WireExporter {
  /**
   * @param encode Of the SDK's own use.
   * @throws {AgentOpsError} `invalid_config` where endpoint, headers or files of `tls` cannot be used.
   */
  constructor(options: Omit<OtlpExporterOptions, 'type'> = {}, encode?: EncodeRequest) {
    super(new OtlpWire(options, encode));
  }
}
