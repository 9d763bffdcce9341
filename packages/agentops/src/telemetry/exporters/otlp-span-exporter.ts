import type { OtlpExporterOptions } from '../../config/exporter-options.ts';
import { OtlpWire } from './otlp-wire.ts';
import { WireExporter } from './wire-exporter.ts';

/** Sends spans by OTLP to any backend, over HTTP in protobuf or JSON, or over gRPC. */
export class OtlpSpanExporter extends WireExporter {
  /** @throws {AgentOpsError} `invalid_config` where endpoint, headers or files of `tls` cannot be used. */
  constructor(options: Omit<OtlpExporterOptions, 'type'> = {}) {
    super(new OtlpWire(options));
  }
}
