import type { HrTime, Link, SpanContext, SpanStatus } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { sizeOfSpan } from '../span-size.ts';
import { writeAttributes } from './encode-attributes.ts';
import { ProtobufWriter } from './protobuf-writer.ts';
import { endOf } from './readable-times.ts';

/** Bits of a span's and a link's `flags` above those of W3C: that the next is known, and that the context came from elsewhere. */
const HAS_IS_REMOTE = 0x100;
const IS_REMOTE = 0x200;

/** Makes the request that carries a batch. */
export type EncodeRequest = (batch: readonly ReadableSpan[]) => Uint8Array;

type Scope = ReadableSpan['instrumentationScope'];

/**
 * A batch as an OTLP request in protobuf (`ExportTraceServiceRequest`): byte for byte what OpenTelemetry's serializer
 * makes of it, in a fifth of the time, since that one goes through every text character by character, twice.
 */
export function encodeRequest(batch: readonly ReadableSpan[]): Uint8Array {
  const writer = new ProtobufWriter(batch.reduce((bytes, span) => bytes + sizeOfSpan(span), 0));
  for (const [resource, spans] of Map.groupBy(batch, (span) => span.resource)) {
    const resourceSpans = writer.open(1);
    const described = writer.open(1);
    writeAttributes(writer, 1, resource.attributes);
    writer.integer(2, 0);
    writer.close(described);
    for (const [scope, ofScope] of Map.groupBy(spans, (span) => span.instrumentationScope)) {
      writeScopeSpans(writer, scope, ofScope);
    }
    if (resource.schemaUrl) writer.text(3, resource.schemaUrl);
    writer.close(resourceSpans);
  }
  return writer.written;
}

function writeScopeSpans(
  writer: ProtobufWriter,
  { name, version, schemaUrl }: Scope,
  spans: readonly ReadableSpan[],
): void {
  const scopeSpans = writer.open(2);
  const scope = writer.open(1);
  writer.text(1, name);
  if (version) writer.text(2, version);
  writer.close(scope);
  for (const span of spans) writeSpan(writer, span);
  if (schemaUrl) writer.text(3, schemaUrl);
  writer.close(scopeSpans);
}

function writeSpan(writer: ProtobufWriter, span: ReadableSpan): void {
  const context = span.spanContext();
  const parent = span.parentSpanContext;
  const started = writer.open(2);
  writeContext(writer, context);
  if (parent?.spanId) writer.hex(4, parent.spanId);
  writer.text(5, span.name);
  // OTLP's kinds begin with one that is not known.
  writer.integer(6, span.kind + 1);
  writeTime(writer, 7, span.startTime);
  writeTime(writer, 8, endOf(span));
  writeAttributes(writer, 9, span.attributes);
  writer.integer(10, span.droppedAttributesCount);
  for (const event of span.events) writeEvent(writer, event);
  writer.integer(12, span.droppedEventsCount);
  for (const link of span.links) writeLink(writer, link);
  writer.integer(14, span.droppedLinksCount);
  writeStatus(writer, span.status);
  writer.fixed32(16, flagsOf(context, parent));
  writer.close(started);
}

function writeEvent(
  writer: ProtobufWriter,
  { time, name, attributes, droppedAttributesCount = 0 }: ReadableSpan['events'][number],
): void {
  const event = writer.open(11);
  writeTime(writer, 1, time);
  writer.text(2, name);
  if (attributes !== undefined) writeAttributes(writer, 3, attributes);
  writer.integer(4, droppedAttributesCount);
  writer.close(event);
}

function writeLink(writer: ProtobufWriter, { context, attributes, droppedAttributesCount = 0 }: Link): void {
  const link = writer.open(13);
  writeContext(writer, context);
  if (attributes !== undefined) writeAttributes(writer, 4, attributes);
  writer.integer(5, droppedAttributesCount);
  writer.fixed32(6, flagsOf(context, context));
  writer.close(link);
}

function writeStatus(writer: ProtobufWriter, { code, message }: SpanStatus): void {
  const status = writer.open(15);
  if (message) writer.text(2, message);
  writer.integer(3, code);
  writer.close(status);
}

/** The ids and the trace state, which spans and links begin with alike. */
function writeContext(writer: ProtobufWriter, { traceId, spanId, traceState }: SpanContext): void {
  writer.hex(1, traceId);
  writer.hex(2, spanId);
  const state = traceState?.serialize();
  if (state) writer.text(3, state);
}

/** @param remote Whose coming from elsewhere it is about. */
function flagsOf({ traceFlags }: SpanContext, remote: SpanContext | undefined): number {
  return (traceFlags & 0xff) | HAS_IS_REMOTE | (remote?.isRemote ? IS_REMOTE : 0);
}

/** Nanoseconds since the epoch. No product or sum here is above 2^53. */
function writeTime(writer: ProtobufWriter, field: number, time: HrTime): void {
  const upper = Math.floor(time[0] / 2 ** 16) * 1e9;
  const lower = (time[0] % 2 ** 16) * 1e9 + (upper % 2 ** 16) * 2 ** 16 + time[1];
  writer.fixed64(field, lower, Math.floor(upper / 2 ** 16) + Math.floor(lower / 2 ** 32));
}
