import type { Attributes } from '@opentelemetry/api';
import type { ProtobufWriter } from './protobuf-writer.ts';

/** Writes `attributes` as `field` of the message under way, one `KeyValue` for each. */
export function writeAttributes(writer: ProtobufWriter, field: number, attributes: Attributes): void {
  for (const key in attributes) {
    if (!Object.hasOwn(attributes, key)) continue;
    const attribute = writer.open(field);
    writer.text(1, key);
    writeAnyValue(writer, 2, attributes[key]);
    writer.close(attribute);
  }
}

/** An `AnyValue`; an empty one where OTLP has nothing for the value. */
function writeAnyValue(writer: ProtobufWriter, field: number, value: unknown): void {
  const anyValue = writer.open(field);
  if (typeof value === 'string') writer.text(1, value);
  else if (typeof value === 'boolean') writer.integer(2, value ? 1 : 0);
  else if (typeof value === 'number') writeNumber(writer, value);
  else if (typeof value === 'object' && value !== null) writeCompound(writer, value);
  writer.close(anyValue);
}

/** Whole numbers are integers as far as 64 bits go, whatever they were meant as. */
function writeNumber(writer: ProtobufWriter, value: number): void {
  if (Number.isInteger(value) && value >= -(2 ** 63) && value < 2 ** 63) writer.integer(3, value);
  else writer.double(4, value);
}

function writeCompound(writer: ProtobufWriter, value: object): void {
  if (value instanceof Uint8Array) {
    writer.bytes(7, value);
  } else if (Array.isArray(value)) {
    const list = writer.open(5);
    for (const item of value) writeAnyValue(writer, 1, item);
    writer.close(list);
  } else {
    const map = writer.open(6);
    writeAttributes(writer, 1, value as Attributes);
    writer.close(map);
  }
}
