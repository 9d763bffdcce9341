import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace';

/** Ended spans of one trace, a root and those below it, by OpenTelemetry's own SDK. */
export function sampleSpans(...names: readonly string[]): ReadableSpan[] {
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'shop' }),
    spanProcessors: [new SimpleSpanProcessor({ exporter })],
  });
  const tracer = provider.getTracer('tests', '1.2.3');
  tracer.startActiveSpan('root', (root) => {
    for (const name of names) {
      const span = tracer.startSpan(name, {
        kind: SpanKind.CLIENT,
        attributes: { 'server.address': 'api.example.com', 'server.port': 443, tags: ['a', 'b'], n: 7 },
      });
      span.addEvent('cache miss', { key: 'k' });
      span.addEvent('retry');
      span.setStatus({ code: SpanStatusCode.ERROR, message: 'it broke' });
      span.end();
    }
    root.end();
  });
  return exporter.getFinishedSpans();
}
