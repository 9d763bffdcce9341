import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { ExportResult } from '@opentelemetry/core';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { type ReadableSpan, type SpanExporter, TracerProvider } from '@opentelemetry/sdk-trace';

/** Spans as an application's own OpenTelemetry makes them: `count` children of one root. */
export function someSpans(count: number): ReadableSpan[] {
  const spans: ReadableSpan[] = [];
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'shop', 'service.instance': 7 }),
    spanProcessors: [
      {
        onStart() {},
        onEnd: (span) => void spans.push(span),
        forceFlush: async () => {},
        shutdown: async () => {},
      },
    ],
  });
  const tracer = provider.getTracer('shop-tracer', '1.2.3');
  const root = tracer.startSpan('order', { kind: SpanKind.SERVER });
  const context = trace.setSpan(ROOT_CONTEXT, root);
  for (let i = 1; i < count; i++) {
    const child = tracer.startSpan(
      `step ${i}`,
      {
        kind: SpanKind.CLIENT,
        attributes: {
          number: i,
          half: i + 0.5,
          huge: 1e300,
          'not.a.number': Number.NaN,
          flag: true,
          list: ['a', 'b'],
          numbers: [1, 2.5],
          'gen_ai.request.model': 'gpt-5',
          'gen_ai.usage.input_tokens': 12,
        },
        links: [{ context: root.spanContext(), attributes: { why: 'because' } }],
      },
      context,
    );
    child.addEvent('something', { detail: 'x'.repeat(20) });
    if (i % 2 === 0) child.setStatus({ code: SpanStatusCode.ERROR, message: 'it broke' });
    child.end();
  }
  root.end();
  return spans;
}

/** Exports and resolves to what the callback was told. */
export function exported(exporter: SpanExporter, spans: ReadableSpan[]): Promise<ExportResult> {
  return new Promise((resolve) => exporter.export(spans, resolve));
}
