import type { Span } from '@opentelemetry/api';
import { JsonTraceSerializer, ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { type ReadableSpan, type SpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';

/** The official encoder and decoder of each content type. */
export const serializers = {
  'application/x-protobuf': ProtobufTraceSerializer,
  'application/json': JsonTraceSerializer,
} as const;

export type MediaType = keyof typeof serializers;

class CollectingProcessor implements SpanProcessor {
  readonly ended: ReadableSpan[] = [];
  onStart(): void {}
  onEnd(span: ReadableSpan): void {
    this.ended.push(span);
  }
  async forceFlush(): Promise<void> {}
  async shutdown(): Promise<void> {}
}

/** `count` finished spans, each the root of a trace of its own, recorded by the OpenTelemetry SDK. */
export function recordSpans(
  count: number,
  describe: (span: Span, index: number) => void = () => {},
): ReadableSpan[] {
  const collector = new CollectingProcessor();
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'test-sender' }),
    spanProcessors: [collector],
  });
  const tracer = provider.getTracer('server-test', '1.0.0');
  for (let index = 0; index < count; index += 1) {
    const span = tracer.startSpan(`step ${index}`, { root: true });
    describe(span, index);
    span.end();
  }
  return collector.ended;
}

/** An export request of `spans`, as the official exporter would encode it. */
export function encodeTraces(
  spans: ReadableSpan[],
  mediaType: MediaType = 'application/x-protobuf',
): Uint8Array {
  const body = serializers[mediaType].serializeRequest(spans);
  if (body === undefined)
    throw new Error(`the official serializer made no ${mediaType} of ${spans.length} spans`);
  return body;
}

/** The session that a span without `session.id` belongs to: its trace id in UUID form. */
export function sessionIdOf(span: ReadableSpan): string {
  return span.spanContext().traceId.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
