import type { AttributeCollector } from '../attribute-collector.ts';
import { KeyValues, NESTING_LIMIT, type OtlpValue, ofDouble, ofInt64, TOO_DEEP } from '../otlp-value.ts';
import type { MessageReader } from './message-reader.ts';

/** Field numbers of `opentelemetry.proto.common.v1`. */
const AnyValue = { STRING: 1, BOOL: 2, INT: 3, DOUBLE: 4, ARRAY: 5, KEY_VALUE_LIST: 6, BYTES: 7 } as const;
const KeyValue = { KEY: 1, VALUE: 2 } as const;
/** Of `ArrayValue` and of `KeyValueList`. */
const VALUES = 1;

/** Reads the `KeyValue` message the reader is at into `attributes`. */
export function readAttribute(reader: MessageReader, attributes: AttributeCollector): void {
  const [key, value] = readKeyValue(reader, 0);
  attributes.add(key, value);
}

function readKeyValue(reader: MessageReader, depth: number): [key: string, value: OtlpValue] {
  const end = reader.message();
  let key = '';
  let value: OtlpValue = null;
  while (reader.next(end)) {
    if (reader.field === KeyValue.KEY) key = reader.string();
    else if (reader.field === KeyValue.VALUE) value = readAnyValue(reader, depth);
    else reader.skip();
  }
  return [key, value];
}

function readAnyValue(reader: MessageReader, depth: number): OtlpValue {
  const end = reader.message();
  let value: OtlpValue = null;
  while (reader.next(end)) {
    switch (reader.field) {
      case AnyValue.STRING:
        value = reader.string();
        break;
      case AnyValue.BOOL:
        value = reader.bool();
        break;
      case AnyValue.INT:
        value = ofInt64(reader.int64());
        break;
      case AnyValue.DOUBLE:
        value = ofDouble(reader.double());
        break;
      case AnyValue.ARRAY:
      case AnyValue.KEY_VALUE_LIST:
        value = readNested(reader, depth + 1);
        break;
      case AnyValue.BYTES:
        value = reader.bytes();
        break;
      default:
        reader.skip();
    }
  }
  return value;
}

function readNested(reader: MessageReader, depth: number): OtlpValue {
  if (depth > NESTING_LIMIT) {
    reader.skip();
    return TOO_DEEP;
  }
  return reader.field === AnyValue.ARRAY ? readArray(reader, depth) : readMap(reader, depth);
}

function readArray(reader: MessageReader, depth: number): OtlpValue[] {
  const end = reader.message();
  const items: OtlpValue[] = [];
  while (reader.next(end)) {
    if (reader.field === VALUES) items.push(readAnyValue(reader, depth));
    else reader.skip();
  }
  return items;
}

function readMap(reader: MessageReader, depth: number): KeyValues {
  const end = reader.message();
  const map = new KeyValues();
  while (reader.next(end)) {
    if (reader.field === VALUES) map.pairs.push(readKeyValue(reader, depth));
    else reader.skip();
  }
  return map;
}
