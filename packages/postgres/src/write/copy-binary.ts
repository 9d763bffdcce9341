import { BinaryFields } from './binary-fields.ts';
import { fieldsOf, type Shape } from './columns.ts';
import { type Incoming, ResourceTexts } from './incoming.ts';

/** Bytes of one chunk: some fifty rows, a fraction of a millisecond of work. */
const CHUNK_SIZE = 65_536;
/** For the end of the last row of a chunk, which is then seldom moved to a larger buffer. */
const OVERHANG = 16_384;

/** The signature, no flags, no extension: https://www.postgresql.org/docs/current/sql-copy.html */
const HEADER = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
const TRAILER = Buffer.from([0xff, 0xff]);

/**
 * Rows in the binary format of COPY, `project_id` first and then those of `COLUMNS` that `shape` has, made chunk by chunk as they are asked for. It
 * spares the server the search for line ends and escapes, and both sides decimal numbers. Throws an error with a SQLSTATE
 * where a text is no text, as the database would.
 */
export function* copyBinary(
  projectId: string,
  rows: readonly Incoming[],
  shape: Shape,
): Generator<Buffer, void, boolean | undefined> {
  const count = fieldsOf(shape);
  const resources = new ResourceTexts();
  let fields = new BinaryFields(CHUNK_SIZE + OVERHANG);
  fields.bytes(HEADER);
  for (const row of rows) {
    fields.row(count);
    fields.text(projectId);
    row.encode(fields, resources, shape);
    if (fields.length < CHUNK_SIZE) continue;
    const isFree = yield fields.taken();
    if (isFree) fields.clear();
    else fields = new BinaryFields(CHUNK_SIZE + OVERHANG);
  }
  fields.bytes(TRAILER);
  yield fields.taken();
}

/** The smallest shape that holds all of `rows`. */
export function shapeOf(rows: readonly Incoming[]): Shape {
  return rows.every(({ isBare }) => isBare) ? 'bare' : 'full';
}
