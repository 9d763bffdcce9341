import { Double, type OtlpValue } from './otlp-value.ts';
import type { AttributeMap, AttributeTypes, JsonValue } from './span-row.ts';
import { storableText } from './storable-text.ts';
import { typePath } from './type-path.ts';

/** Gathers attributes in the form they are stored in. A name given twice keeps its first value. */
export class AttributeCollector {
  readonly values: AttributeMap;
  /** The types JSON cannot tell; undefined where there are none. */
  types: AttributeTypes | undefined;

  /** @param values Attributes that have this form already, to which nothing may be added then. */
  constructor(values: AttributeMap = {}) {
    this.values = values;
  }

  add(name: string, value: OtlpValue): void {
    const key = storableText(name);
    if (!Object.hasOwn(this.values, key)) setOwn(this.values, key, this.#toJson(value, undefined, key));
  }

  #toJson(value: OtlpValue, parent: string | undefined, step: string | number): JsonValue {
    if (typeof value === 'string') return storableText(value);
    if (typeof value === 'bigint') return this.#typed('int', value.toString(), parent, step);
    if (typeof value !== 'object' || value === null) return value;
    if (value instanceof Double) return this.#typed('double', jsonDouble(value.value), parent, step);
    if (value instanceof Uint8Array) {
      const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
      return this.#typed('bytes', bytes.toString('base64'), parent, step);
    }
    const path = typePath(parent, step);
    if (Array.isArray(value)) return value.map((item, index) => this.#toJson(item, path, index));
    const map: AttributeMap = {};
    for (const [name, item] of value.pairs) {
      const key = storableText(name);
      if (!Object.hasOwn(map, key)) setOwn(map, key, this.#toJson(item, path, key));
    }
    return map;
  }

  #typed<T extends JsonValue>(
    type: AttributeTypes[string],
    value: T,
    parent: string | undefined,
    step: string | number,
  ): T {
    this.types ??= {};
    setOwn(this.types, typePath(parent, step), type);
    return value;
  }
}

function jsonDouble(value: number): number | string {
  // Adding 0 takes the sign from -0, which neither JSON nor PostgreSQL's numeric keeps.
  return Number.isFinite(value) ? value + 0 : String(value);
}

/** Sets a key a sender chose. A plain assignment to `__proto__` would change the prototype instead. */
function setOwn<T>(map: Record<string, T>, key: string, value: T): void {
  if (key === '__proto__') {
    Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true });
  } else {
    map[key] = value;
  }
}
