import type { SpanExporter } from '@opentelemetry/sdk-trace';
import { OtlpWire } from '../../packages/agentops/dist/telemetry/exporters/otlp-wire.js';
import { WireExporter } from '../../packages/agentops/dist/telemetry/exporters/wire-exporter.js';

/** Encodes every batch as any OTLP destination does, confirms it at once and throws the bytes away. */
class SinkWire extends OtlpWire {
  constructor() {
    super({ endpoint: 'http://127.0.0.1:1', protocol: 'http/protobuf' });
  }

  override post(): ReturnType<OtlpWire['post']> {
    return Promise.resolve({ outcome: 'delivered' });
  }
}

/** What `init` makes of `{ type: 'agentops' }` and its like, but for the network. */
export function sinkDestination(): SpanExporter {
  return new WireExporter(new SinkWire(), { live: true });
}
