import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { halveRequest, type RequestPart } from './halve-request.ts';
import type { SendResult } from './sender.ts';

const PROTOBUF = 'application/x-protobuf';

/** Answers that the OTLP specification allows to send again. */
const RETRYABLE = new Set([429, 502, 503, 504]);

/** What came back from the endpoint, in a form that passes between threads. */
export interface HttpAnswer {
  readonly status: number;
  readonly contentType: string | null;
  readonly retryAfter: string | null;
  readonly body: Uint8Array;
}

/** OTLP over HTTP in protobuf: batches as requests, and what the answers to them mean. */
export class OtlpHttp {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly #down = new AbortController();

  /** @param url Of the signal, ending in `/v1/traces`. */
  constructor(url: string, headers: Readonly<Record<string, string>>) {
    this.url = url;
    this.headers = { ...headers, 'content-type': PROTOBUF };
  }

  /** The request that carries `batch`; undefined where the spans cannot be serialised. */
  encode(batch: readonly ReadableSpan[]): Uint8Array | undefined {
    return ProtobufTraceSerializer.serializeRequest([...batch]);
  }

  /** Two requests for the one that was too large; undefined where it carries a single span. */
  halve(request: Uint8Array): readonly RequestPart[] | undefined {
    return halveRequest(request);
  }

  /** Sends a request once. Never rejects. */
  async post(request: Uint8Array, signal: AbortSignal): Promise<SendResult> {
    try {
      const response = await fetch(this.url, {
        method: 'POST',
        // Followed, a redirect becomes a GET of some page, whose 200 confirms nothing.
        redirect: 'manual',
        headers: this.headers,
        body: Buffer.from(request.buffer as ArrayBuffer, request.byteOffset, request.byteLength),
        signal: AbortSignal.any([signal, this.#down.signal]),
      });
      return this.judge({
        status: response.status,
        contentType: response.headers.get('content-type'),
        retryAfter: response.headers.get('retry-after'),
        body: new Uint8Array(await response.arrayBuffer()),
      });
    } catch (error) {
      return { outcome: 'retry', message: `cannot reach ${this.url}: ${reasonOf(error)}` };
    }
  }

  /** What an answer says about the batch. */
  judge({ status, contentType, retryAfter, body }: HttpAnswer): SendResult {
    // A page of some other web server is no confirmation, whatever its status.
    const speaksOtlp = body.length === 0 || contentType?.startsWith(PROTOBUF) === true;
    if (status >= 200 && status < 300 && speaksOtlp) {
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
      const retryAfterMs = parseRetryAfter(retryAfter);
      return {
        outcome: 'retry',
        message: `${this.url} answered ${status}`,
        ...(retryAfterMs !== undefined && { retryAfterMs }),
      };
    }
    if (status === 413) return { outcome: 'too_large', message: `${this.url} answered 413` };
    const hint =
      status === 401 || status === 403
        ? 'the API key is missing, wrong or revoked; set apiKey or AGENTOPS_API_KEY'
        : `is it an AgentOps or OTLP endpoint? ${new TextDecoder().decode(body.subarray(0, 200))}`;
    return { outcome: 'refused', message: `${this.url} answered ${status}: ${hint}` };
  }

  /** Cuts off what is under way; from then on nothing is sent. */
  close(): void {
    this.#down.abort(new Error('the exporter was shut down'));
  }
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
