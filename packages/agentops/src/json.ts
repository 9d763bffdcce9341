import { configure } from 'safe-stable-stringify';

const tolerant = configure({ bigint: true, circularValue: '[Circular]', deterministic: false });

/**
 * `value` as JSON text, whatever it is: cycles, BigInts, getters and `toJSON` that throw never reach the caller.
 * Errors become `{name, message}`. Returns undefined where there is nothing to say (`undefined`, functions, symbols).
 */
export function toJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value, errorsAsObjects);
  } catch {
    try {
      return tolerant(value, errorsAsObjects);
    } catch (error) {
      return JSON.stringify(`[not serialisable: ${error instanceof Error ? error.message : String(error)}]`);
    }
  }
}

function errorsAsObjects(_key: string, value: unknown): unknown {
  return value instanceof Error ? { name: value.name, message: value.message } : value;
}
