import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
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
  const root = tracer.startSpan('root');
  const below = trace.setSpan(ROOT_CONTEXT, root);
  for (const name of names) {
    const attributes = { 'server.address': 'api.example.com', 'server.port': 443, tags: ['a', 'b'], n: 7 };
    const span = tracer.startSpan(name, { kind: SpanKind.CLIENT, attributes }, below);
    span.addEvent('cache miss', { key: 'k' });
    span.addEvent('retry');
    span.setStatus({ code: SpanStatusCode.ERROR, message: 'it broke' });
    span.end();
  }
  root.end();
  return exporter.getFinishedSpans();
}
