import { type BinaryNumeric, binaryNumeric } from './binary-numeric.ts';

/** Texts up to this length are copied in JavaScript if they are ASCII; all others by the runtime. */
const SHORT = 40;
/** Bytes in UTF-8 for each unit of a string, at most. */
const WIDEST = 3;
/** Room for any field but a text; the longest is a `numeric`, of the seventeen digits that a number has. */
const LONGEST_NUMBER = 64;
const NULL = -1;
const JSONB_VERSION = 1;
const TWO_TO_32 = 2 ** 32;
const MOST_SMALLINT = 2 ** 15 - 1;
/** The largest number below 2^63. */
const MOST_BIGINT = 2 ** 63 - 1_024;

/**
 * A buffer of fields as the binary format of COPY has them: the length in bytes, then the value as its type's `recv` function
 * reads it. Grows when a text needs it to.
 */
export class BinaryFields {
  #buffer: Buffer;
  #view: DataView;
  #length = 0;

  constructor(size: number) {
    this.#buffer = Buffer.allocUnsafeSlow(size);
    this.#view = new DataView(this.#buffer.buffer);
  }

  get length(): number {
    return this.#length;
  }

  /** What was written so far, which stays as it is until `clear`; nothing may be written after it. */
  taken(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  bytes(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#buffer.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** Begins anew in the same buffer: what was taken of it is written over. */
  clear(): void {
    this.#length = 0;
  }

  /** The start of a row. */
  row(fields: number): void {
    this.#reserve(LONGEST_NUMBER);
    this.#int16(fields);
  }

  text(text: string | null): void {
    if (text === null) this.#null();
    else this.#string(text, 0);
  }

  /** @param text as JSON */
  jsonb(text: string | null): void {
    if (text === null) this.#null();
    else this.#string(text, 1);
  }

  smallint(value: number): void {
    requireWhole(value, MOST_SMALLINT);
    this.#reserve(LONGEST_NUMBER);
    this.#int32(2);
    this.#int16(value);
  }

  bigint(value: number | bigint | null): void {
    this.#reserve(LONGEST_NUMBER);
    if (value === null) this.#int32(NULL);
    else if (typeof value === 'bigint') {
      this.#int32(8);
      this.#view.setBigInt64(this.#length, value);
      this.#length += 8;
    } else {
      requireWhole(value, MOST_BIGINT);
      this.#int32(8);
      this.#int32(Math.floor(value / TWO_TO_32));
      this.#int32(value);
    }
  }

  /** @param date days since the first of 2000 */
  date(date: number): void {
    this.#reserve(LONGEST_NUMBER);
    this.#int32(4);
    this.#int32(date);
  }

  numeric(value: number | null): void {
    this.#reserve(LONGEST_NUMBER);
    if (value === null) this.#int32(NULL);
    else this.#numeric(binaryNumeric(value));
  }

  #numeric({ digits, weight, sign, scale }: BinaryNumeric): void {
    this.#int32(8 + 2 * digits.length);
    for (const part of [digits.length, weight, sign, scale, ...digits]) this.#int16(part);
  }

  #null(): void {
    this.#reserve(LONGEST_NUMBER);
    this.#int32(NULL);
  }

  #string(text: string, prefix: 0 | 1): void {
    this.#reserve(5 + WIDEST * text.length);
    const start = this.#length + 4 + prefix;
    if (prefix > 0) this.#buffer[start - 1] = JSONB_VERSION;
    const length = this.#utf8(text, start);
    this.#int32(length + prefix);
    this.#length += length + prefix;
  }

  /** Writes at `start` and returns how many bytes. */
  #utf8(text: string, start: number): number {
    const { length } = text;
    if (length <= SHORT) {
      let index = 0;
      while (index < length) {
        const unit = text.charCodeAt(index);
        if (unit > 0x7f) break;
        this.#buffer[start + index] = unit;
        index += 1;
      }
      if (index === length) return length;
    }
    // UTF-8 would silently turn a lone surrogate into another character.
    if (!text.isWellFormed()) {
      throw dataError('22021', 'a text holds half of a surrogate pair, which is no character');
    }
    return this.#buffer.write(text, start);
  }

  #int16(value: number): void {
    this.#view.setInt16(this.#length, value);
    this.#length += 2;
  }

  #int32(value: number): void {
    this.#view.setInt32(this.#length, value);
    this.#length += 4;
  }

  #reserve(bytes: number): void {
    const needed = this.#length + bytes;
    if (needed <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.#buffer.length));
    this.#buffer.copy(larger, 0, 0, this.#length);
    this.#buffer = larger;
    this.#view = new DataView(larger.buffer);
  }
}

function requireWhole(value: number, most: number): void {
  if (Number.isInteger(value) && value <= most && value >= -most) return;
  throw dataError('22003', `${value} is not a whole number within ±${most}`);
}

/** As the database answers to the same in text. */
function dataError(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}
