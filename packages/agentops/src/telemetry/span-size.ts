import type { Attributes, AttributeValue } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';

/** What an ended span in a queue takes in memory before its first attribute, in bytes; measured. */
const SPAN_BYTES = 1250;
/** What an attribute takes beside the texts of key and value; measured, as those below. */
const ATTRIBUTE_BYTES = 40;
const EVENT_BYTES = 200;
const LINK_BYTES = 150;

/** Shorter texts are not worth the look whether they hold more than one byte a character. */
const SHORT_TEXT = 64;

/**
 * About how many bytes `span` takes in memory, which is more than it takes as OTLP protobuf. Left out is the Resource,
 * which spans share.
 */
export function sizeOfSpan(span: ReadableSpan): number {
  // Names are looked at as values: JavaScript lets through what is no text, and one size that is no number spoils the sum.
  let bytes = SPAN_BYTES + sizeOfValue(span.name) + sizeOfAttributes(span.attributes);
  if (span.status.message !== undefined) bytes += sizeOfValue(span.status.message);
  for (const { name, attributes } of span.events) {
    bytes += EVENT_BYTES + sizeOfValue(name) + (attributes === undefined ? 0 : sizeOfAttributes(attributes));
  }
  for (const { attributes } of span.links) {
    bytes += LINK_BYTES + (attributes === undefined ? 0 : sizeOfAttributes(attributes));
  }
  return bytes;
}

function sizeOfAttributes(attributes: Attributes): number {
  let bytes = 0;
  for (const key in attributes) bytes += ATTRIBUTE_BYTES + key.length + sizeOfValue(attributes[key]);
  return bytes;
}

function sizeOfValue(value: AttributeValue | undefined | null): number {
  if (typeof value === 'string') return sizeOfText(value);
  if (typeof value !== 'object' || value === null) return 8;
  if (ArrayBuffer.isView(value)) return value.byteLength;
  if (!Array.isArray(value)) return sizeOfAttributes(value as Attributes);
  let bytes = 0;
  for (const item of value) bytes += 16 + sizeOfValue(item);
  return bytes;
}

/** What is no ASCII takes more bytes than characters, in memory and on the wire. */
function sizeOfText(text: string): number {
  return text.length < SHORT_TEXT ? text.length : Buffer.byteLength(text);
}
