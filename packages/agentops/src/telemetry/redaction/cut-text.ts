const encoder = new TextEncoder();

/** Bytes of the longest mark that is put behind a cut text. */
const MARK_BYTES = 32;

/**
 * `text` where it has at most `maxBytes` bytes in UTF-8; else as much of its beginning as fits with a mark that says how much is
 * missing: `… [N bytes cut]`. No character is cut in half. JSON that is cut is JSON no more.
 */
export function cutText(text: string, maxBytes: number): string {
  // A character of JavaScript's has one to three bytes.
  if (text.length * 3 <= maxBytes) return text;
  const bytes = Buffer.byteLength(text);
  if (bytes <= maxBytes) return text;
  const room = new Uint8Array(Math.max(0, maxBytes - MARK_BYTES));
  const { read, written } = encoder.encodeInto(text, room);
  return `${text.slice(0, read)}… [${bytes - written} bytes cut]`;
}
