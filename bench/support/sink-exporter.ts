import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';

/** Serialises every batch as the OTLP exporters do and throws the bytes away. */
export class SinkExporter implements SpanExporter {
  /** Spans serialised so far. */
  spans = 0;

  export(batch: ReadableSpan[], done: Parameters<SpanExporter['export']>[1]): void {
    const bytes = ProtobufTraceSerializer.serializeRequest(batch);
    if (bytes === undefined) throw new Error('the sink could not serialise a batch');
    this.spans += batch.length;
    done({ code: 0 });
  }

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {}
}
