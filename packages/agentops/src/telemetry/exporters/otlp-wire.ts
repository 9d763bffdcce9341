import { JsonTraceSerializer } from '@opentelemetry/otlp-transformer';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { type EncodeRequest, encodeRequest } from './encode-request.ts';
import { halveJson } from './halve-json.ts';
import { halveRequest, type RequestPart } from './halve-request.ts';
import { OtlpTransport, type OtlpTransportOptions } from './otlp-transport.ts';
import { withReadableTimes } from './readable-times.ts';
import type { Wire } from './wire.ts';

/** Batches as OTLP requests. */
export class OtlpWire extends OtlpTransport implements Wire {
  readonly #encode: EncodeRequest;

  /**
   * @param encode For protobuf.
   * @throws {AgentOpsError} `invalid_config` where endpoint, headers or files of `tls` cannot be used.
   */
  constructor(options: OtlpTransportOptions, encode: EncodeRequest = encodeRequest) {
    super(options, 'traces');
    this.#encode = encode;
  }

  encode(batch: readonly ReadableSpan[]): Uint8Array | undefined {
    return this.encoding === 'json'
      ? JsonTraceSerializer.serializeRequest(withReadableTimes(batch))
      : this.#encode(batch);
  }

  halve(request: Uint8Array): readonly RequestPart[] | undefined {
    return this.encoding === 'json' ? halveJson(request) : halveRequest(request);
  }
}
