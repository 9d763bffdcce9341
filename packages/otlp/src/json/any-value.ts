import type { AttributeCollector } from '../attribute-collector.ts';
import {
  Double,
  KeyValues,
  NESTING_LIMIT,
  type OtlpValue,
  ofDouble,
  ofInt64,
  TOO_DEEP,
} from '../otlp-value.ts';
import type { JsonMessage } from './json-message.ts';

/** Reads the `attributes` of `message`. */
export function readAttributes(message: JsonMessage, attributes: AttributeCollector): void {
  for (const entry of message.messages('attributes')) {
    attributes.add(entry.string('key'), readAnyValue(entry.message('value'), 0));
  }
}

function readAnyValue(value: JsonMessage | undefined, depth: number): OtlpValue {
  if (value === undefined) return null;
  if (value.has('stringValue')) return value.string('stringValue');
  if (value.has('intValue')) return readInteger(value);
  if (value.has('doubleValue')) return ofDouble(value.double('doubleValue'));
  if (value.has('boolValue')) return value.bool('boolValue');
  if (value.has('bytesValue')) return value.bytes('bytesValue');
  const array = value.message('arrayValue');
  if (array !== undefined) return depth < NESTING_LIMIT ? readArray(array, depth + 1) : TOO_DEEP;
  const map = value.message('kvlistValue');
  if (map !== undefined) return depth < NESTING_LIMIT ? readMap(map, depth + 1) : TOO_DEEP;
  return null;
}

/** OpenTelemetry's JavaScript serializer writes every integral number as `intValue`, also those beyond 64 bits. */
function readInteger(value: JsonMessage): OtlpValue {
  const integer = value.integer('intValue');
  return BigInt.asIntN(64, integer) === integer ? ofInt64(integer) : new Double(Number(integer));
}

function readArray(array: JsonMessage, depth: number): OtlpValue[] {
  const items: OtlpValue[] = [];
  for (const item of array.messages('values')) items.push(readAnyValue(item, depth));
  return items;
}

function readMap(message: JsonMessage, depth: number): KeyValues {
  const map = new KeyValues();
  for (const entry of message.messages('values')) {
    map.pairs.push([entry.string('key'), readAnyValue(entry.message('value'), depth)]);
  }
  return map;
}
