import { ProtobufLogsSerializer } from '@opentelemetry/otlp-transformer';
import type { LogsConfig } from '../config/config.ts';
import { AgentOpsError } from '../errors.ts';
import { OtlpHttp } from '../telemetry/exporters/otlp-http.ts';
import type { LogSender } from './log-queue.ts';

const PATH = '/v1/logs';

/**
 * Sends log records by OTLP.
 *
 * @throws {AgentOpsError} `invalid_config` for a protocol that logs cannot be sent by.
 */
export function createLogSender(otlp: Exclude<LogsConfig['otlp'], false>): LogSender {
  const { endpoint = 'http://localhost:4318', protocol = 'http/protobuf', token } = otlp;
  if (protocol !== 'http/protobuf') {
    throw new AgentOpsError(
      'invalid_config',
      `logs.otlp.protocol = ${protocol}: log records are sent by http/protobuf`,
    );
  }
  const headers = new Headers(otlp.headers);
  if (token !== undefined) headers.set('authorization', `Bearer ${token}`);
  const wire = new OtlpHttp(logsUrl(endpoint), Object.fromEntries(headers));
  return {
    async send(records, signal) {
      const request = ProtobufLogsSerializer.serializeRequest([...records]);
      if (request === undefined)
        return { outcome: 'refused', message: 'the records could not be serialised' };
      return wire.post(request, signal);
    },
    close: () => wire.close(),
  };
}

/** The path is appended to a base URL, and takes the place of that of the traces. */
function logsUrl(endpoint: string): string {
  const base = endpoint.replace(/\/+$/, '').replace(/\/v1\/(traces|logs)$/, '');
  return base + PATH;
}
