import { crc32 } from 'node:zlib';

/**
 * One batch on disk: magic (4 bytes), state (1), then what the checksum covers: time of writing in ms (6), spans (4),
 * length of the request (4) and the request itself; the checksum (CRC-32, 4 bytes) stands before the request.
 * Integers are big-endian. The state is the one byte that ever changes.
 */
const MAGIC = Buffer.from('AOS1');
const STATE_AT = 4;
const COVERED_FROM = 5;
const CRC_AT = 19;
const HEADER_LENGTH = 23;
const WAITING = 0;
const DONE = 1;

/** Where a record stands in its file, and what its header says. */
export interface SpoolRecord {
  readonly offset: number;
  /** Of the whole record, in bytes. */
  readonly length: number;
  readonly spans: number;
  /** When it was written, in ms since the epoch. */
  readonly written: number;
}

/** What a file holds: the records that wait, oldest first, and how many were damaged. */
export interface Scan {
  readonly waiting: SpoolRecord[];
  readonly damaged: number;
}

/** A request as it stands in a file. */
export function encodeRecord(request: Uint8Array, spans: number, written: number): Buffer {
  const record = Buffer.allocUnsafe(HEADER_LENGTH + request.length);
  MAGIC.copy(record);
  record.writeUInt8(WAITING, STATE_AT);
  record.writeUIntBE(written, COVERED_FROM, 6);
  record.writeUInt32BE(spans, COVERED_FROM + 6);
  record.writeUInt32BE(request.length, COVERED_FROM + 10);
  record.set(request, HEADER_LENGTH);
  record.writeUInt32BE(checksum(record), CRC_AT);
  return record;
}

/** The request of one whole record; undefined where the record is damaged. */
export function decodeRecord(record: Buffer): Buffer | undefined {
  const isWhole = record.length >= HEADER_LENGTH && checksum(record) === record.readUInt32BE(CRC_AT);
  return isWhole ? record.subarray(HEADER_LENGTH) : undefined;
}

/** The byte that marks a record as done with, and where in the file it goes. */
export function doneMark({ offset }: SpoolRecord): { readonly byte: Buffer; readonly at: number } {
  return { byte: Buffer.of(DONE), at: offset + STATE_AT };
}

/**
 * Reads a file of records. Behind a damaged one it goes on at the next magic; a last record that was not written to
 * its end, as when the process was killed, is left out and is no damage.
 */
export function scanRecords(file: Buffer): Scan {
  const waiting: SpoolRecord[] = [];
  let damaged = 0;
  let offset = 0;
  while (offset < file.length) {
    const length = lengthAt(file, offset);
    if (length !== undefined && decodeRecord(file.subarray(offset, offset + length)) !== undefined) {
      if (file[offset + STATE_AT] === WAITING) waiting.push(headerAt(file, offset, length));
      offset += length;
      continue;
    }
    const next = file.indexOf(MAGIC, offset + 1);
    const isTorn = next === -1 && length === undefined && startsRecord(file, offset);
    if (!isTorn) damaged += 1;
    offset = next === -1 ? file.length : next;
  }
  return { waiting, damaged };
}

/** Length of the record at `offset`; undefined where none is there or the file ends before it does. */
function lengthAt(file: Buffer, offset: number): number | undefined {
  if (!startsRecord(file, offset) || offset + HEADER_LENGTH > file.length) return undefined;
  const length = HEADER_LENGTH + file.readUInt32BE(offset + COVERED_FROM + 10);
  return offset + length <= file.length ? length : undefined;
}

function startsRecord(file: Buffer, offset: number): boolean {
  const start = file.subarray(offset, offset + MAGIC.length);
  return start.equals(MAGIC.subarray(0, start.length));
}

function headerAt(file: Buffer, offset: number, length: number): SpoolRecord {
  return {
    offset,
    length,
    written: file.readUIntBE(offset + COVERED_FROM, 6),
    spans: file.readUInt32BE(offset + COVERED_FROM + 6),
  };
}

function checksum(record: Buffer): number {
  return crc32(record.subarray(HEADER_LENGTH), crc32(record.subarray(COVERED_FROM, CRC_AT)));
}
