import type { Attributes } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';

/** What a span takes beside its texts: the objects it consists of. */
const SPAN_BYTES = 1000;
const ENTRY_BYTES = 64;
/** What lies deeper in a nested value is not counted: it may contain itself. */
const MAX_DEPTH = 3;

/** About how much memory a span takes: its texts by their length, everything else by rule of thumb. */
export function spanBytes({ attributes, events, links }: ReadableSpan): number {
  let bytes = SPAN_BYTES + attributeBytes(attributes) + links.length * ENTRY_BYTES;
  for (const event of events) bytes += ENTRY_BYTES + attributeBytes(event.attributes ?? {});
  return bytes;
}

function attributeBytes(attributes: Attributes): number {
  let bytes = 0;
  for (const key in attributes) {
    const value: unknown = attributes[key];
    bytes += ENTRY_BYTES;
    if (typeof value === 'string') bytes += value.length;
    else if (typeof value === 'object') bytes += nestedBytes(value);
  }
  return bytes;
}

function nestedBytes(value: object | null, depth = 1): number {
  if (depth > MAX_DEPTH) return 0;
  let bytes = 0;
  for (const item of Object.values(value ?? {}) as unknown[]) {
    bytes += ENTRY_BYTES;
    if (typeof item === 'string') bytes += item.length;
    else if (typeof item === 'object') bytes += nestedBytes(item, depth + 1);
  }
  return bytes;
}
