import { PostgresSpanExporter } from '@agentops/postgres';
import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import { BatchSpanProcessor, type ReadableSpan, TracerProvider } from '@opentelemetry/sdk-trace';

/** A program that makes 3,000 spans, asks for them to be exported, and has nothing else to do. */
const [url = '', ending, milliseconds] = process.argv.slice(2);
const timeout = Number(milliseconds);
const exporter = new PostgresSpanExporter({
  url,
  timeout,
  retries: 100,
  interval: 100,
  batchSize: 500,
});
const nothing = { onStart() {}, forceFlush: async () => {}, shutdown: async () => {} };
const processor = new BatchSpanProcessor({ exporter, maxQueueSize: 10_000, exportTimeoutMillis: timeout });
const spans: ReadableSpan[] = [];
const tracer = new TracerProvider({
  spanProcessors: [
    ending === 'write' || ending === 'export'
      ? { ...nothing, onEnd: (span: ReadableSpan) => void spans.push(span) }
      : processor,
  ],
}).getTracer('program');
for (let n = 0; n < 3_000; n += 1) tracer.startSpan(`work ${n}`).end();
if (ending === 'shutdown') await processor.shutdown().catch(() => console.log('not shut down'));
else if (ending === 'write')
  await exporter.write(ProtobufTraceSerializer.serializeRequest(spans) ?? new Uint8Array());
else if (ending === 'export') await new Promise((resolve) => exporter.export(spans, resolve));
else processor.forceFlush().catch(() => {});
console.log('done');
