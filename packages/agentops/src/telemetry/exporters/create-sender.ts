import type { ExporterConfig } from '../../config/config.ts';
import { ConsoleSender } from './console-sender.ts';
import type { EncodeRequest } from './encode-request.ts';
import { FileWire } from './file-wire.ts';
import { OtlpSpanExporter } from './otlp-span-exporter.ts';
import { PostgresWire } from './postgres-wire.ts';
import { type BatchSender, senderOf } from './sender.ts';
import { SessionExporter } from './session-exporter.ts';
import { WireExporter } from './wire-exporter.ts';
import { ZipkinWire } from './zipkin-wire.ts';

export interface SenderOptions {
  /** Whether it is the only exporter. */
  readonly isAlone: boolean;
  /** For those that send OTLP protobuf. */
  readonly encode: EncodeRequest;
}

/**
 * The sender that a configured exporter names, or that a user's exporter object becomes.
 *
 * @throws {AgentOpsError} `invalid_config` where the endpoint, a header or a file of `tls` cannot be used.
 */
export function createSender(exporter: ExporterConfig, { isAlone, encode }: SenderOptions): BatchSender {
  switch (exporter.type) {
    case 'agentops':
      return new SessionExporter(exporter, encode);
    case 'otlp':
    case 'jaeger':
      return new OtlpSpanExporter(exporter, encode);
    case 'zipkin':
      return new WireExporter(new ZipkinWire(exporter));
    case 'postgres': {
      const { type: _type, name: _name, batch, retry: _retry, format: _format, ...options } = exporter;
      return new WireExporter(new PostgresWire({ ...options, timeout: batch.timeout }, { encode }), {
        live: true,
      });
    }
    case 'console':
      return new ConsoleSender();
    case 'file':
      return new WireExporter(new FileWire(exporter.path));
    case 'custom':
      return exporter.exporter instanceof WireExporter
        ? exporter.exporter
        : senderOf(exporter.exporter, { isAlone });
  }
}
