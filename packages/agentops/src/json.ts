import { configure } from 'safe-stable-stringify';
import { AgentOpsError } from './errors.ts';

const tolerant = configure({ bigint: true, circularValue: '[Circular]', deterministic: false });

/**
 * `value` as JSON text, whatever it is: cycles, BigInts, getters and `toJSON` that throw never reach the caller.
 * Errors become `{name, message}`; buffers, typed arrays and the like a text that says their size.
 * Returns undefined where there is nothing to say (`undefined`, functions, symbols).
 */
export function toJson(value: unknown): string | undefined {
  try {
    // Before JSON sees it: a buffer's `toJSON` alone would hold the program up.
    if (ArrayBuffer.isView(value)) return JSON.stringify(sizeOf(value));
    return JSON.stringify(value, readable);
  } catch {
    try {
      return tolerant(value, readable);
    } catch (error) {
      return JSON.stringify(`[not serialisable: ${reasonOf(error)}]`);
    }
  }
}

/**
 * The value that `text`, which came from the user, stands for.
 *
 * @throws {AgentOpsError} `invalid_argument`, where it is no JSON.
 */
export function parseJson(caller: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AgentOpsError('invalid_argument', `${caller}: expected JSON; ${reasonOf(cause)}`, { cause });
  }
}

function readable(this: unknown, key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (ArrayBuffer.isView(value)) return sizeOf(value);
  if (value instanceof Error) return { name: value.name, message: value.message };
  if (!isBufferJson(value)) return value;
  const original: unknown = Reflect.get(Object(this), key);
  return ArrayBuffer.isView(original) ? sizeOf(original) : value;
}

/** What a buffer's `toJSON` made before the replacer is asked. Other values are spared the second reading. */
function isBufferJson(value: object): boolean {
  return 'type' in value && value.type === 'Buffer' && 'data' in value && Array.isArray(value.data);
}

function sizeOf(view: ArrayBufferView): string {
  return `[${view.constructor.name} of ${view.byteLength} bytes]`;
}

function reasonOf(error: unknown): string {
  try {
    return error instanceof Error ? error.message : String(error);
  } catch {
    return 'unknown reason';
  }
}
