import { Reader } from 'protobufjs/minimal.js';
import { OtlpDecodeError } from '../decode-error.ts';
import { WireType } from './wire-type.ts';

/** Bytes of 7 bits that a 64-bit integer takes at most. */
const LONGEST_VARINT = 10;

const wireTypeNames = ['varint', 'fixed64', 'length-delimited', 'group', 'end of group', 'fixed32'];

/**
 * Walks the fields of protobuf messages in place, nested ones included, without building anything. A message is
 * known by the offset it ends at:
 *
 *     while (reader.next(end)) reader.field === 1 ? (name = reader.string()) : reader.skip();
 *
 * The underlying reader checks every read against the end of the body, and `next` and `message` check it against
 * the end of the message, so that a wrong length is an error and never a read of someone else's field. 64-bit
 * integers are put together here: the underlying reader rounds them to doubles where it finds no `long` package.
 */
export class MessageReader {
  /** The number of the field that `next` has moved to. */
  field = 0;
  /** Where the outermost message ends. */
  readonly end: number;
  readonly #reader: Reader;
  #wireType = 0;
  /** Where the message that is being read ends. */
  #limit = 0;

  constructor(body: Uint8Array) {
    // On a Buffer the reader decodes strings natively.
    this.#reader = Reader.create(Buffer.from(body.buffer, body.byteOffset, body.byteLength));
    this.end = body.byteLength;
  }

  get offset(): number {
    return this.#reader.pos;
  }

  /** Goes back to read a message a second time. */
  rewind(offset: number): void {
    this.#reader.pos = offset;
  }

  /** Moves to the next field of the message that ends at `end`; false when there is none. */
  next(end: number): boolean {
    const reader = this.#reader;
    this.#limit = end;
    if (reader.pos === end) return false;
    if (reader.pos > end) throw this.#problem('a field is longer than the message it is in');
    const tag = reader.tag();
    this.field = tag >>> 3;
    this.#wireType = tag & 7;
    if (this.field === 0) throw this.#problem('field number 0 does not exist');
    return true;
  }

  /** Passes over a field of any type. */
  skip(): void {
    this.#reader.skipType(this.#wireType, 0, this.field);
  }

  /** Enters the nested message in this field and returns the offset it ends at. */
  message(): number {
    this.#expect(WireType.LENGTH_DELIMITED);
    const length = this.#reader.size();
    const end = this.#reader.pos + length;
    if (end > this.#limit) throw this.#problem(`a message of ${length} bytes does not fit in what holds it`);
    return end;
  }

  /** A string; invalid UTF-8 in it becomes U+FFFD. */
  string(): string {
    this.#expect(WireType.LENGTH_DELIMITED);
    return this.#reader.string();
  }

  bytes(): Uint8Array {
    this.#expect(WireType.LENGTH_DELIMITED);
    return this.#reader.bytes();
  }

  /** Bytes as lower-case hex. */
  hex(): string {
    const bytes = this.bytes();
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
  }

  bool(): boolean {
    this.#expect(WireType.VARINT);
    return this.#reader.bool();
  }

  uint32(): number {
    this.#expect(WireType.VARINT);
    return this.#reader.uint32();
  }

  int64(): bigint {
    this.#expect(WireType.VARINT);
    const reader = this.#reader;
    const start = reader.pos;
    reader.skip();
    if (reader.pos - start > LONGEST_VARINT) throw this.#problem('an integer is longer than 64 bits');
    let value = 0n;
    for (let offset = reader.pos - 1; offset >= start; offset--) {
      value = (value << 7n) | BigInt((reader.buf[offset] ?? 0) & 0x7f);
    }
    return BigInt.asIntN(64, value);
  }

  fixed32(): number {
    this.#expect(WireType.FIXED32);
    return this.#reader.fixed32();
  }

  fixed64(): bigint {
    this.#expect(WireType.FIXED64);
    const low = this.#reader.fixed32();
    const high = this.#reader.fixed32();
    return (BigInt(high) << 32n) | BigInt(low);
  }

  double(): number {
    this.#expect(WireType.FIXED64);
    return this.#reader.double();
  }

  /** What a read threw, as the error its sender is told. A `TypeError` is no sender's fault and stays. */
  failure(error: unknown): unknown {
    if (!(error instanceof Error) || error instanceof OtlpDecodeError || error instanceof TypeError) {
      return error;
    }
    return new OtlpDecodeError(error.message, `byte ${this.offset}`, { cause: error });
  }

  #expect(wireType: number): void {
    if (this.#wireType === wireType) return;
    const found = wireTypeNames[this.#wireType] ?? `of unknown wire type ${this.#wireType}`;
    throw this.#problem(`field ${this.field} is ${found} where ${wireTypeNames[wireType]} was expected`);
  }

  #problem(problem: string): OtlpDecodeError {
    return new OtlpDecodeError(problem, `byte ${this.offset}`);
  }
}
