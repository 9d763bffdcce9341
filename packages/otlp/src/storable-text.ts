/** Characters of a text column the store indexes; a B-tree entry must stay far below a third of a page. */
const INDEXED_LENGTH = 256;

/**
 * The text as PostgreSQL can hold it, in `text` and in `jsonb`: NUL, which neither accepts, becomes the visible
 * `␀` (U+2400), and a lone surrogate, which is no character in UTF-8, becomes U+FFFD.
 */
export function storableText(text: string): string {
  const whole = text.isWellFormed() ? text : text.toWellFormed();
  return whole.includes('\0') ? whole.replaceAll('\0', '\u2400') : whole;
}

/** Whether `storableText` leaves it as it is. */
export function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}

/** Cuts storable text to what an indexed column takes (256 characters), never through a surrogate pair. */
export function indexedText(text: string): string {
  if (text.length <= INDEXED_LENGTH) return text;
  const cut = text.slice(0, INDEXED_LENGTH);
  return cut.isWellFormed() ? cut : cut.slice(0, -1);
}
