/** A double that would pass for an integer, or that JSON cannot write: `3.0`, `NaN`, `±Infinity`. */
export class Double {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

/** A `KeyValueList`: pairs in the order they came, where a key may be repeated. */
export class KeyValues {
  readonly pairs: [key: string, value: OtlpValue][] = [];
}

/**
 * An OTLP `AnyValue`, whichever encoding it came in. An integral `number` is an `int_value` and any other a
 * `double_value`; what a plain number cannot tell apart is a `bigint` (beyond ±(2^53−1)) or a `Double`.
 */
export type OtlpValue =
  | null
  | string
  | boolean
  | number
  | bigint
  | Double
  | Uint8Array
  | OtlpValue[]
  | KeyValues;

/** Arrays and maps inside one another are decoded to this depth, so that no sender can exhaust the stack. */
export const NESTING_LIMIT = 32;

/** Stands in for what lies deeper than the limit: the span is worth more than its deepest value. */
export const TOO_DEEP = `[nested deeper than ${NESTING_LIMIT} levels]`;

/** Brings a double to its OTLP value. */
export function ofDouble(value: number): OtlpValue {
  return Number.isFinite(value) && !Number.isInteger(value) ? value : new Double(value);
}

/** Brings a signed 64-bit integer to its OTLP value. */
export function ofInt64(value: bigint): OtlpValue {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
