import type { TextMapGetter, TextMapSetter } from '@opentelemetry/api';

/** Web-standard `Headers`, a `Map`, the metadata of gRPC. */
interface Keyed {
  get(key: string): unknown;
  set(key: string, value: string): unknown;
  keys?(): Iterable<unknown>;
}

function isKeyed(carrier: unknown): carrier is Keyed {
  const { get, set } = Object(carrier) as Partial<Keyed>;
  return typeof get === 'function' && typeof set === 'function';
}

/**
 * Reads what carries names and values: plain objects whose keys are written in any case (headers of Node's `http`
 * among them), `Headers`, `Map`s, the metadata of gRPC. Binary values are taken for UTF-8, as those of Kafka's headers are.
 */
export const carrierGetter: TextMapGetter<unknown> = {
  get(carrier, key) {
    if (isKeyed(carrier)) return toText(carrier.get(key));
    const values = Object(carrier) as Readonly<Record<string, unknown>>;
    if (Object.hasOwn(values, key)) return toText(values[key]);
    const name = Object.keys(values).find((candidate) => isSpelling(candidate, key));
    return name === undefined ? undefined : toText(values[name]);
  },
  keys(carrier) {
    if (isKeyed(carrier)) return [...(carrier.keys?.() ?? [])].map(String);
    return Object.keys(Object(carrier));
  },
};

/** Writes into the same carriers; what is there under that name is replaced. */
export const carrierSetter: TextMapSetter<unknown> = {
  set(carrier, key, value) {
    if (isKeyed(carrier)) carrier.set(key, value);
    else (carrier as Record<string, unknown>)[key] = value;
  },
};

/** Most names differ in length already: those of other headers are compared no further. */
function isSpelling(candidate: string, key: string): boolean {
  return candidate.length === key.length && candidate.toLowerCase() === key;
}

function toText(value: unknown): string | string[] | undefined {
  if (typeof value === 'string') return value;
  if (value instanceof Uint8Array) return new TextDecoder().decode(value);
  if (!Array.isArray(value)) return undefined;
  const texts = value.map(toText).filter((text) => typeof text === 'string');
  return texts.length === 0 ? undefined : texts;
}
