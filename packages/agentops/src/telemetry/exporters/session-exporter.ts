import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import type { AgentOpsExporterOptions } from '../../config/exporter-options.ts';
import { OtlpHttp } from './otlp-http.ts';
import type { BatchSender, SendResult } from './sender.ts';

/**
 * Sends spans as OTLP/HTTP protobuf to the AgentOps backend. `init` makes one by default; it is also a plain
 * OpenTelemetry exporter for a set-up of your own.
 */
export class SessionExporter implements SpanExporter, BatchSender {
  /** @internal */
  readonly wire: OtlpHttp;
  /** @internal */
  readonly live = true;

  constructor(options: Omit<AgentOpsExporterOptions, 'type'> = {}) {
    const endpoint = options.endpoint ?? 'http://localhost:4600';
    const headers = new Headers(options.headers);
    if (options.apiKey !== undefined) headers.set('authorization', `Bearer ${options.apiKey}`);
    this.wire = new OtlpHttp(`${endpoint.replace(/\/+$/, '')}/v1/traces`, Object.fromEntries(headers));
  }

  async send(batch: readonly ReadableSpan[], signal: AbortSignal): Promise<SendResult> {
    const request = this.wire.encode(batch);
    if (request === undefined) return { outcome: 'refused', message: 'the spans could not be serialised' };
    return this.wire.post(request, signal);
  }

  export(spans: ReadableSpan[], done: (result: ExportResult) => void): void {
    void this.send(spans, AbortSignal.timeout(10_000)).then((result) =>
      done(
        result.outcome === 'delivered'
          ? { code: ExportResultCode.SUCCESS }
          : { code: ExportResultCode.FAILED, error: new Error(result.message) },
      ),
    );
  }

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {
    this.wire.close();
  }
}
