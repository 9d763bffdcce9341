import { PostgresSpanExporter } from '@agentops/postgres';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';

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
const processor = new BatchSpanProcessor({ exporter, maxQueueSize: 10_000, exportTimeoutMillis: timeout });
const tracer = new TracerProvider({ spanProcessors: [processor] }).getTracer('program');
for (let n = 0; n < 3_000; n += 1) tracer.startSpan(`work ${n}`).end();
if (ending === 'shutdown') await processor.shutdown().catch(() => console.log('not shut down'));
else processor.forceFlush().catch(() => {});
console.log('done');
