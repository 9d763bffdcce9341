const QUOTE = 34;
const BACKSLASH = 92;

/** How many backslashes stand right before `index`, and not before `least`. */
export function backslashesBefore(text: string, index: number, least = 0): number {
  let start = index;
  while (start > least && text.charCodeAt(start - 1) === BACKSLASH) start -= 1;
  return index - start;
}

/**
 * Where the text ends that a double quote with `escapes` backslashes before it has opened at `start`: 0 in JSON, 1 in
 * JSON inside a string of JSON, 3 inside that. It ends at the quote of the same depth, at the end of what it is nested
 * in, or at the end of `text`.
 */
export function endOfQuoted(text: string, start: number, escapes: number): number {
  for (let quote = text.indexOf('"', start); quote !== -1; quote = text.indexOf('"', quote + 1)) {
    const backslashes = backslashesBefore(text, quote, start);
    let own = backslashes;
    // Each depth of nesting escapes what the one inside it has written: taken off one by one.
    for (let depth = escapes; depth > 0; depth = (depth - 1) / 2) {
      if (own % 2 === 0) return quote - backslashes;
      own = (own - 1) / 2;
    }
    if (own % 2 === 0) return quote - escapes;
  }
  return text.length;
}

/** True for the numbers of backslashes that {@link endOfQuoted} understands. */
export function isNesting(escapes: number): boolean {
  return escapes === 0 || escapes === 1 || escapes === 3 || escapes === 7;
}

/**
 * Where the list or object of JSON ends that begins at `start`, its quotes having `escapes` backslashes each. The end of
 * `text` where it is cut off.
 */
export function endOfNested(text: string, start: number, escapes: number): number {
  let depth = 0;
  for (let index = start; index < text.length; index += 1) {
    const character = text.charCodeAt(index);
    if (character === QUOTE) {
      index = endOfQuoted(text, index + 1, escapes) + escapes;
    } else if (character === 91 || character === 123) {
      depth += 1;
    } else if (character === 93 || character === 125) {
      depth -= 1;
      if (depth === 0) return index + 1;
    }
  }
  return text.length;
}
