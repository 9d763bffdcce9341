import { JsonLogsSerializer, ProtobufLogsSerializer } from '@opentelemetry/otlp-transformer';
import type { LogsConfig } from '../config/config.ts';
import { OtlpTransport } from '../telemetry/exporters/otlp-transport.ts';
import type { LogSender } from './log-queue.ts';

/**
 * Sends log records by OTLP.
 *
 * @throws {AgentOpsError} `invalid_config` where endpoint, headers or files of `tls` cannot be used.
 */
export function createLogSender(otlp: Exclude<LogsConfig['otlp'], false>): LogSender {
  const transport = new OtlpTransport(otlp, 'logs');
  const serializer = transport.encoding === 'json' ? JsonLogsSerializer : ProtobufLogsSerializer;
  return {
    async send(records, signal) {
      const request = serializer.serializeRequest([...records]);
      if (request === undefined)
        return { outcome: 'refused', message: 'the records could not be serialised' };
      return transport.post(request, signal);
    },
    close: () => transport.close(),
  };
}
