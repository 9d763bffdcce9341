import { OtlpDecodeError } from '../decode-error.ts';

const DECIMAL = /^-?\d{1,20}$/;
const BASE64 = /^[\w+/-]*={0,2}$/;
const LARGEST_UINT32 = 2 ** 32 - 1;
/** An error quotes so much of a value. */
const QUOTED_LENGTH = 40;

/**
 * A JSON object read as the protobuf message it stands for, by the rules of OTLP/JSON: an absent or null field is
 * its default, unknown fields are ignored, and a field of another type is an error that names its path.
 */
export class JsonMessage {
  readonly #path: string;
  readonly #fields: Readonly<Record<string, unknown>>;

  /** @param path where the object is in the request; empty for the request itself */
  constructor(value: unknown, path: string) {
    this.#path = path;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw unexpected(value, 'an object', path);
    }
    this.#fields = value as Record<string, unknown>;
  }

  /** Whether the field is there and not null. */
  has(name: string): boolean {
    return this.#field(name) !== undefined;
  }

  string(name: string): string {
    const value = this.#field(name);
    if (value === undefined) return '';
    if (typeof value !== 'string') throw this.#unexpected(name, 'a string');
    return value;
  }

  bool(name: string): boolean {
    const value = this.#field(name);
    if (value === undefined) return false;
    if (typeof value !== 'boolean') throw this.#unexpected(name, 'true or false');
    return value;
  }

  /** An integer of any size. As a number above 2^53 it has lost digits before it came here. */
  integer(name: string): bigint {
    const value = this.#field(name) ?? 0;
    if (typeof value === 'number' && Number.isInteger(value)) return BigInt(value);
    if (typeof value === 'string' && DECIMAL.test(value)) return BigInt(value);
    throw this.#unexpected(name, 'an integer, as a number or a decimal string');
  }

  uint32(name: string): number {
    const value = this.integer(name);
    if (value < 0n || value > LARGEST_UINT32) {
      throw this.#unexpected(name, 'an unsigned 32-bit integer');
    }
    return Number(value);
  }

  uint64(name: string): bigint {
    const value = this.integer(name);
    if (BigInt.asUintN(64, value) !== value) {
      throw this.#unexpected(name, 'an unsigned 64-bit integer');
    }
    return value;
  }

  /** A number, or one of `NaN`, `Infinity`, `-Infinity` and decimals as a string. */
  double(name: string): number {
    const value = this.#field(name);
    if (value === undefined) return 0;
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    if (typeof number !== 'number' || (Number.isNaN(number) && value !== 'NaN')) {
      throw this.#unexpected(name, 'a number');
    }
    return number;
  }

  /** Bytes from standard or URL-safe base64. */
  bytes(name: string): Uint8Array {
    const text = this.string(name);
    if (!BASE64.test(text)) throw this.#unexpected(name, 'base64');
    return Buffer.from(text, 'base64');
  }

  /** The number of an enumeration's value, which OTLP/JSON writes as such; its protobuf name is accepted too. */
  enumeration(name: string, names: readonly string[]): number {
    const value = this.#field(name);
    return typeof value === 'string' && names.includes(value) ? names.indexOf(value) : this.uint32(name);
  }

  /** The nested message in a field; undefined where there is none. */
  message(name: string): JsonMessage | undefined {
    const value = this.#field(name);
    return value === undefined ? undefined : new JsonMessage(value, this.#pathOf(name));
  }

  /** The messages of a repeated field; none where it is absent. */
  *messages(name: string): Generator<JsonMessage> {
    const path = this.#pathOf(name);
    const value = this.#field(name) ?? [];
    if (!Array.isArray(value)) throw this.#unexpected(name, 'an array');
    for (const [index, item] of value.entries()) yield new JsonMessage(item, `${path}[${index}]`);
  }

  #field(name: string): unknown {
    return this.#fields[name] ?? undefined;
  }

  #pathOf(name: string): string {
    return this.#path === '' ? name : `${this.#path}.${name}`;
  }

  #unexpected(name: string, expected: string): OtlpDecodeError {
    return unexpected(this.#fields[name], expected, this.#pathOf(name));
  }
}

function unexpected(value: unknown, expected: string, path: string): OtlpDecodeError {
  return new OtlpDecodeError(`expected ${expected} but found ${describe(value)}`, path);
}

function describe(value: unknown): string {
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'string') return JSON.stringify(value.slice(0, QUOTED_LENGTH));
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
