import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';

/** Still has its spans when it has been shut down. */
export class KeepingExporter implements SpanExporter {
  readonly spans: ReadableSpan[] = [];

  export(spans: ReadableSpan[], done: (result: { code: number }) => void): void {
    this.spans.push(...spans);
    done({ code: 0 });
  }

  async shutdown(): Promise<void> {}
}
