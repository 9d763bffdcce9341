import type { PostgresSpanExporter } from '@agentops/postgres';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';

const SPANS_PER_EXPORT = 500;

/** Resolves when all of `spans` are committed. */
export async function exportAll(exporter: PostgresSpanExporter, spans: ReadableSpan[]): Promise<void> {
  const exports: Promise<void>[] = [];
  for (let start = 0; start < spans.length; start += SPANS_PER_EXPORT) {
    exports.push(exported(exporter, spans.slice(start, start + SPANS_PER_EXPORT)));
  }
  await Promise.all(exports);
}

/** One export. */
export function exported(exporter: PostgresSpanExporter, spans: ReadableSpan[]): Promise<void> {
  return new Promise((resolve, reject) =>
    exporter.export(spans, ({ error }) => (error ? reject(error) : resolve())),
  );
}
