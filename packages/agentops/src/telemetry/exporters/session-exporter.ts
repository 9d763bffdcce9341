import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import type { AgentOpsExporterOptions } from '../../config/options.ts';
import type { BatchSender, SendResult } from './sender.ts';

const PROTOBUF = 'application/x-protobuf';

/** Answers that the OTLP specification allows to send again. */
const RETRYABLE = new Set([429, 502, 503, 504]);

/**
 * Sends spans as OTLP/HTTP protobuf to the AgentOps backend. `init` makes one by default; it is also a plain
 * OpenTelemetry exporter for a set-up of your own.
 */
export class SessionExporter implements SpanExporter, BatchSender {
  readonly name = 'agentops';
  readonly #url: string;
  readonly #headers: Headers;
  readonly #down = new AbortController();

  constructor(options: Omit<AgentOpsExporterOptions, 'type'> = {}) {
    const endpoint = options.endpoint ?? 'http://localhost:4600';
    this.#url = `${endpoint.replace(/\/+$/, '')}/v1/traces`;
    this.#headers = new Headers(options.headers);
    if (options.apiKey !== undefined) this.#headers.set('authorization', `Bearer ${options.apiKey}`);
    this.#headers.set('content-type', PROTOBUF);
  }

  async send(batch: readonly ReadableSpan[], signal: AbortSignal): Promise<SendResult> {
    const body = ProtobufTraceSerializer.serializeRequest([...batch]);
    if (body === undefined) return { outcome: 'refused', message: 'the spans could not be serialised' };
    try {
      const response = await fetch(this.#url, {
        method: 'POST',
        headers: this.#headers,
        // Followed, a redirect becomes a GET of some page, whose 200 confirms nothing.
        redirect: 'manual',
        body: Buffer.from(body.buffer as ArrayBuffer, body.byteOffset, body.byteLength),
        signal: AbortSignal.any([signal, this.#down.signal]),
      });
      return this.#judge(response, new Uint8Array(await response.arrayBuffer()));
    } catch (error) {
      return { outcome: 'retry', message: `cannot reach ${this.#url}: ${reasonOf(error)}` };
    }
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
    this.#down.abort(new Error('the exporter was shut down'));
  }

  #judge(response: Response, body: Uint8Array): SendResult {
    const { status } = response;
    if (response.ok && speaksOtlp(response, body)) {
      const partial =
        body.length === 0 ? undefined : ProtobufTraceSerializer.deserializeResponse(body).partialSuccess;
      const count = Number(partial?.rejectedSpans ?? 0);
      if (count === 0) return { outcome: 'delivered' };
      return {
        outcome: 'delivered',
        rejected: { count, message: partial?.errorMessage || 'no reason given' },
      };
    }
    if (RETRYABLE.has(status)) {
      const retryAfterMs = parseRetryAfter(response.headers.get('retry-after'));
      return {
        outcome: 'retry',
        message: `${this.#url} answered ${status}`,
        ...(retryAfterMs !== undefined && { retryAfterMs }),
      };
    }
    const hint =
      status === 401 || status === 403
        ? 'the API key is missing, wrong or revoked; set apiKey or AGENTOPS_API_KEY'
        : `is it an AgentOps or OTLP endpoint? ${new TextDecoder().decode(body.subarray(0, 200))}`;
    return { outcome: 'refused', message: `${this.#url} answered ${status}: ${hint}` };
  }
}

/** A page of some other web server is no confirmation, whatever its status. */
function speaksOtlp({ headers }: Response, body: Uint8Array): boolean {
  return body.length === 0 || headers.get('content-type')?.startsWith(PROTOBUF) === true;
}

/** Seconds, or an HTTP date. */
function parseRetryAfter(header: string | null): number | undefined {
  if (header === null) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

/** `fetch` says only "fetch failed"; its cause knows why. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (cause instanceof AggregateError && 'code' in cause) return String(cause.code);
  return cause instanceof Error ? cause.message : error.message;
}
