import { toJson } from '../json.ts';

/** Masks what must not leave the process. */
export interface LogRedaction {
  text(text: string): string;
  /** @param key The name the value stands under; a list or map is masked with all that is in it. */
  value(value: unknown, key: string): unknown;
}

const UNREDACTABLE = '[redaction failed]';

/**
 * The fields of a line as values that JSON can carry, redacted; of the same key in several objects the last counts.
 * Cycles, BigInts, getters and `toJSON` that throw cost their own value at most. Never throws, if `redact` does not.
 */
export function plainFields(sources: readonly object[], redact?: LogRedaction): Record<string, unknown> {
  const plain: Record<string, unknown> = {};
  for (const source of sources) {
    for (const key of keysOf(source)) {
      const value = plainValue(() => Reflect.get(source, key));
      if (value !== undefined) plain[key] = redact === undefined ? value : redact.value(value, key);
    }
  }
  return plain;
}

/** A rule that throws must not let through what it was to mask. */
export function failingClosed(redact: LogRedaction): LogRedaction {
  return {
    text: (text) => closed(() => redact.text(text)),
    value: (value, key) => closed(() => redact.value(value, key)),
  };
}

function closed<T>(redacted: () => T): T | typeof UNREDACTABLE {
  try {
    return redacted();
  } catch {
    return UNREDACTABLE;
  }
}

function keysOf(fields: object): string[] {
  try {
    return Object.keys(fields);
  } catch {
    return [];
  }
}

function plainValue(read: () => unknown): unknown {
  try {
    const value = read();
    if (value instanceof Error) return plainError(value);
    if (typeof value === 'bigint') return String(value);
    if (typeof value !== 'object' || value === null) return isPlain(value) ? value : undefined;
    const json = toJson(value);
    return json === undefined ? undefined : JSON.parse(json);
  } catch {
    return '[unreadable]';
  }
}

function isPlain(value: unknown): boolean {
  return (
    typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean' || value === null
  );
}

/** As pino has it. A chain of causes stands in the stack, as Node prints it. */
function plainError(error: Error): Record<string, unknown> {
  const code: unknown = Reflect.get(error, 'code');
  const causes: string[] = [];
  for (let cause = error.cause; cause instanceof Error && causes.length < 5; cause = cause.cause) {
    causes.push(`caused by ${cause.stack ?? cause.message}`);
  }
  return {
    type: error.name,
    message: error.message,
    ...(typeof code === 'string' && { code }),
    stack: [error.stack ?? `${error.name}: ${error.message}`, ...causes].join('\n'),
  };
}
