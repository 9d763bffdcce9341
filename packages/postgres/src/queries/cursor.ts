import { StoreError } from '../errors.ts';

/** The last session of a page: the next page begins behind it. */
export interface Cursor {
  /** ns since the epoch, as a decimal string. */
  start_time: string;
  session_id: string;
}

const TEXT = /^(\d{1,19}) (.*)$/su;

/** A cursor as an opaque text that is safe in a URL. */
export function encodeCursor({ start_time, session_id }: Cursor): string {
  return Buffer.from(`${start_time} ${session_id}`).toString('base64url');
}

/** Throws a `StoreError` with code `invalid_query` for anything `encodeCursor` did not make. */
export function decodeCursor(cursor: string): Cursor {
  const text = Buffer.from(cursor, 'base64url').toString();
  const [, start_time, session_id] = TEXT.exec(text) ?? [];
  const isExact = Buffer.from(text).toString('base64url') === cursor;
  if (start_time === undefined || session_id === undefined || !isExact || BigInt(start_time) >= 2n ** 63n) {
    throw new StoreError(
      'invalid_query',
      'cursor is not one of this API; give next_cursor of the page before, or none',
    );
  }
  return { start_time, session_id };
}
