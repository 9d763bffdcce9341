import type { OtlpAnyValue, OtlpKeyValue } from './otlp-json.ts';
import type { AttributeMap, AttributeTypes, JsonValue } from './span-row.ts';
import { typePath } from './type-path.ts';

/** Writes stored attributes as OTLP/JSON, each value with the type it came in. */
export function encodeAttributes(attributes: AttributeMap, types: AttributeTypes = {}): OtlpKeyValue[] {
  return encodeMap(attributes, types, undefined);
}

function encodeMap(map: AttributeMap, types: AttributeTypes, parent: string | undefined): OtlpKeyValue[] {
  return Object.entries(map).map(([key, value]) => ({
    key,
    value: encodeValue(value, types, typePath(parent, key)),
  }));
}

function encodeValue(value: JsonValue, types: AttributeTypes, path: string): OtlpAnyValue {
  if (value === null) return {};
  if (typeof value === 'boolean') return { boolValue: value };
  if (Array.isArray(value)) {
    return {
      arrayValue: { values: value.map((item, index) => encodeValue(item, types, typePath(path, index))) },
    };
  }
  if (typeof value === 'object') return { kvlistValue: { values: encodeMap(value, types, path) } };
  const type = Object.hasOwn(types, path) ? types[path] : undefined;
  if (type === 'double') return { doubleValue: value };
  if (typeof value === 'number')
    return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  if (type === 'int') return { intValue: value };
  if (type === 'bytes') return { bytesValue: value };
  return { stringValue: value };
}
