import type { SpanExporter } from '@opentelemetry/sdk-trace';
import type { EncodeRequest } from '../../packages/agentops/dist/telemetry/exporters/encode-request.js';
import { OtlpWire } from '../../packages/agentops/dist/telemetry/exporters/otlp-wire.js';
import { shareRequests } from '../../packages/agentops/dist/telemetry/exporters/shared-requests.js';
import { WireExporter } from '../../packages/agentops/dist/telemetry/exporters/wire-exporter.js';

/** Encodes every batch as any OTLP destination does, confirms it at once and throws the bytes away. */
class SinkWire extends OtlpWire {
  constructor(encode: EncodeRequest) {
    super({ endpoint: 'http://127.0.0.1:1', protocol: 'http/protobuf' }, encode);
  }

  override post(): ReturnType<OtlpWire['post']> {
    return Promise.resolve({ outcome: 'delivered' });
  }
}

/** What `init` makes of so many exporters like `{ type: 'agentops' }`, but for the network. */
export function sinkDestinations(count: number): SpanExporter[] {
  const encode = shareRequests();
  return Array.from({ length: count }, () => new WireExporter(new SinkWire(encode), { live: true }));
}
