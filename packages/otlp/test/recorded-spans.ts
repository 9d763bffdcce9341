import { decodeTraces, type OtlpContentType, type SpanRow } from '@agentops/otlp';
import type { Attributes, Tracer } from '@opentelemetry/api';
import { JsonTraceSerializer, ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
  type SpanLimits,
  type SpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace';

/** The spans a real OpenTelemetry SDK ends while `work` runs. */
export function recordSpans(work: (tracer: Tracer) => void, spanLimits: SpanLimits = {}): ReadableSpan[] {
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'shop', 'host.cpus': 8 }),
    spanProcessors: [new SimpleSpanProcessor({ exporter })],
    spanLimits,
  });
  work(provider.getTracer('shop.agents', '2.1.0'));
  return exporter.getFinishedSpans();
}

/** A span that has started and not ended, as a live processor sees it. */
export function startSpan(name: string): ReadableSpan {
  const started: ReadableSpan[] = [];
  const live: SpanProcessor = {
    onStart: (span) => void started.push(span),
    onEnd: () => {},
    forceFlush: async () => {},
    shutdown: async () => {},
  };
  new TracerProvider({ spanProcessors: [live] }).getTracer('live').startSpan(name);
  return only(started);
}

/** Spans as a real OpenTelemetry exporter puts them into a request. */
export function requestOf(spans: ReadableSpan[], contentType: OtlpContentType): Uint8Array {
  const serializer = contentType === 'application/json' ? JsonTraceSerializer : ProtobufTraceSerializer;
  const body = serializer.serializeRequest(spans);
  if (body === undefined) throw new Error('the serializer made no request');
  return body;
}

/** The row of one span with these attributes, sent as protobuf. */
export function rowOf(attributes: Attributes): SpanRow {
  const spans = recordSpans((tracer) => tracer.startSpan('span', { attributes }).end());
  return only(decodeTraces(requestOf(spans, 'application/x-protobuf'), 'application/x-protobuf').rows);
}

function only<T>(items: T[]): T {
  const [item] = items;
  if (item === undefined || items.length > 1) throw new Error(`expected one item, not ${items.length}`);
  return item;
}

export const contentTypes: readonly OtlpContentType[] = ['application/x-protobuf', 'application/json'];
