/** How the value of a field is written. */
const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

/** Of a field's number and type: up to 2047 there is room for the number. */
const TAG_BYTES = 2;
const LENGTH_BYTES = 5;
const VARINT_BYTES = 10;

const LEAST_CAPACITY = 1024;

/**
 * Writes the fields of a protobuf message one after the other, each text once, into a buffer that grows. Lengths stand
 * before what they measure: room is left for the usual number of their bytes, and what follows is moved where it takes
 * more.
 */
export class ProtobufWriter {
  #buffer: Buffer;
  #at = 0;

  /** @param capacity Bytes to have room for at first. */
  constructor(capacity: number) {
    this.#buffer = Buffer.allocUnsafeSlow(Math.max(capacity, LEAST_CAPACITY));
  }

  /** What has been written so far. */
  get written(): Uint8Array {
    return this.#buffer.subarray(0, this.#at);
  }

  /** A whole number of at most 64 bits, a negative one as its two's complement. */
  integer(field: number, value: number): void {
    this.#reserve(TAG_BYTES + VARINT_BYTES);
    this.#tag(field, VARINT);
    if (value >= 0 && value < 2 ** 31) {
      this.#at = this.#putLength(value, this.#at);
      return;
    }
    let low = value >>> 0;
    let high = Math.floor(value / 2 ** 32) >>> 0;
    for (; high > 0 || low > 127; high >>>= 7) {
      this.#put((low & 127) | 128);
      low = ((low >>> 7) | (high << 25)) >>> 0;
    }
    this.#put(low);
  }

  fixed32(field: number, value: number): void {
    this.#reserve(TAG_BYTES + 4);
    this.#tag(field, FIXED32);
    this.#put32(value);
  }

  /** @param low The lower 32 bits, `high` the upper ones; what goes beyond 32 bits is left out. */
  fixed64(field: number, low: number, high: number): void {
    this.#reserve(TAG_BYTES + 8);
    this.#tag(field, FIXED64);
    this.#put32(low);
    this.#put32(high);
  }

  double(field: number, value: number): void {
    this.#reserve(TAG_BYTES + 8);
    this.#tag(field, FIXED64);
    this.#at = this.#buffer.writeDoubleLE(value, this.#at);
  }

  bytes(field: number, value: Uint8Array): void {
    this.#reserve(TAG_BYTES + LENGTH_BYTES + value.length);
    this.#tag(field, LENGTH_DELIMITED);
    this.#at = this.#putLength(value.length, this.#at);
    this.#buffer.set(value, this.#at);
    this.#at += value.length;
  }

  /** The bytes that `digits` stand for, two hexadecimal digits each. */
  hex(field: number, digits: string): void {
    const length = digits.length >> 1;
    this.#reserve(TAG_BYTES + LENGTH_BYTES + length);
    this.#tag(field, LENGTH_DELIMITED);
    this.#at = this.#putLength(length, this.#at);
    for (let index = 0; index < length; index += 1) {
      const upper = hexValue(digits.charCodeAt(2 * index));
      this.#put((upper << 4) | hexValue(digits.charCodeAt(2 * index + 1)));
    }
  }

  /** As UTF-8; half a surrogate pair becomes U+FFFD. */
  text(field: number, text: string): void {
    // JavaScript lets a number through as the version of a scope, and one span must not cost its batch.
    const value = typeof text === 'string' ? text : String(text ?? '');
    const { length } = value;
    const overhead = TAG_BYTES + LENGTH_BYTES;
    this.#reserve(overhead + length);
    // No character takes more than three bytes; most texts take one, and are not counted.
    if (this.#room < overhead + 3 * length) this.#reserve(overhead + Buffer.byteLength(value));
    this.#tag(field, LENGTH_DELIMITED);
    const lengthBytes = sizeOfLength(length);
    const start = this.#at + lengthBytes;
    this.#at = start + this.#buffer.write(value, start);
    this.#putLengthBefore(start, lengthBytes);
  }

  /** Begins a message within the message. Returns what {@link close} has to be given. */
  open(field: number): number {
    this.#reserve(TAG_BYTES + 1);
    this.#tag(field, LENGTH_DELIMITED);
    this.#at += 1;
    return this.#at;
  }

  /** Ends the message that `opened` is about; those within it have to be closed. */
  close(opened: number): void {
    this.#putLengthBefore(opened, 1);
  }

  get #room(): number {
    return this.#buffer.length - this.#at;
  }

  /** Writing beyond the end of a buffer does nothing, and says nothing: whatever puts bytes must have reserved them. */
  #reserve(bytes: number): void {
    if (bytes <= this.#room) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.#at + bytes, 2 * this.#buffer.length));
    larger.set(this.written);
    this.#buffer = larger;
  }

  #tag(field: number, type: number): void {
    this.#at = this.#putLength((field << 3) | type, this.#at);
  }

  #put(byte: number): void {
    this.#buffer[this.#at] = byte;
    this.#at += 1;
  }

  #put32(value: number): void {
    this.#put(value);
    this.#put(value >>> 8);
    this.#put(value >>> 16);
    this.#put(value >>> 24);
  }

  /** The length of all since `start`, for which `left` bytes were left. */
  #putLengthBefore(start: number, left: number): void {
    const length = this.#at - start;
    const lacking = sizeOfLength(length) - left;
    if (lacking > 0) {
      this.#reserve(lacking);
      this.#buffer.copyWithin(start + lacking, start, this.#at);
      this.#at += lacking;
    }
    this.#putLength(length, start - left);
  }

  /** Below 2^31. Returns where it ends. */
  #putLength(length: number, start: number): number {
    const buffer = this.#buffer;
    let at = start;
    let rest = length;
    for (; rest > 127; rest >>>= 7) {
      buffer[at] = (rest & 127) | 128;
      at += 1;
    }
    buffer[at] = rest;
    return at + 1;
  }
}

function sizeOfLength(length: number): number {
  if (length < 2 ** 7) return 1;
  if (length < 2 ** 14) return 2;
  if (length < 2 ** 21) return 3;
  return length < 2 ** 28 ? 4 : 5;
}

/** In either case. */
function hexValue(digit: number): number {
  return digit < 58 ? digit - 48 : (digit | 32) - 87;
}
