import type { AttributeMap, JsonValue, RawSpan } from '@agentops/otlp';

/** Of a row without any attributes, about. */
const ROW_BYTES = 400;
/** Of a number, and of what stands around a value in JSON. */
const VALUE_BYTES = 8;

/** About how many bytes a span takes on its way to the database, beside its resource. */
export function bytesOfSpan({ name, statusMessage, attributes, events, links }: RawSpan): number {
  let bytes = ROW_BYTES + name.length + statusMessage.length + bytesOfMap(attributes.values);
  for (const event of events) bytes += ROW_BYTES + event.name.length + bytesOfMap(event.attributes.values);
  for (const link of links) bytes += ROW_BYTES + bytesOfMap(link.attributes.values);
  return bytes;
}

/** The same of attributes. A character counts as one byte: texts that need more are no longer than four times that. */
export function bytesOfMap(map: AttributeMap): number {
  let bytes = 0;
  for (const name in map) bytes += name.length + bytesOfValue(map[name]);
  return bytes;
}

function bytesOfValue(value: JsonValue | undefined): number {
  if (typeof value === 'string') return VALUE_BYTES + value.length;
  if (typeof value !== 'object' || value === null) return VALUE_BYTES;
  if (!Array.isArray(value)) return VALUE_BYTES + bytesOfMap(value);
  let bytes = VALUE_BYTES;
  for (const item of value) bytes += bytesOfValue(item);
  return bytes;
}
