import { JsonTraceSerializer } from '@opentelemetry/otlp-transformer';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { halveJson } from './halve-json.ts';
import { halveRequest, type RequestPart } from './halve-request.ts';
import { OtlpTransport, type OtlpTransportOptions } from './otlp-transport.ts';
import { sharedRequest } from './shared-request.ts';
import type { Wire } from './wire.ts';

/** Batches as OTLP requests. */
export class OtlpWire extends OtlpTransport implements Wire {
  /** @throws {AgentOpsError} `invalid_config` where endpoint, headers or files of `tls` cannot be used. */
  constructor(options: OtlpTransportOptions) {
    super(options, 'traces');
  }

  encode(batch: readonly ReadableSpan[]): Uint8Array | undefined {
    return this.encoding === 'json' ? JsonTraceSerializer.serializeRequest([...batch]) : sharedRequest(batch);
  }

  halve(request: Uint8Array): readonly RequestPart[] | undefined {
    return this.encoding === 'json' ? halveJson(request) : halveRequest(request);
  }
}
