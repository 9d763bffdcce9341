import { MASK, type TextRule } from './rule.ts';

const MAX_LOCAL_PART = 64;

/** What follows the `@`, up to a top-level domain in letters. */
const DOMAIN = /(?:[A-Za-z0-9\u0080-\uffff-]{1,63}\.){1,8}[A-Za-z\u0080-\uffff]{2,24}(?![A-Za-z0-9-])/y;

const LOCAL_CHARACTER = /[A-Za-z0-9.!#$%&*+/=?^_{|}~\u0080-\uffff-]/;

/** The letters of JSON's escapes, and how much of an escape stands from its letter on. */
const ESCAPES: Readonly<Record<string, number>> = { b: 1, f: 1, n: 1, r: 1, t: 1, u: 5 };

/**
 * E-mail addresses. Found from their `@`: a pattern that starts at every letter takes seconds for a text of nothing but
 * letters.
 */
export const emails: TextRule = {
  name: 'emails',
  shortest: 6,
  mask(text, _key, count) {
    let masked = '';
    let end = 0;
    for (let at = text.indexOf('@'); at !== -1; at = text.indexOf('@', at + 1)) {
      const start = localStart(text, at, end);
      if (start === at) continue;
      DOMAIN.lastIndex = at + 1;
      if (!DOMAIN.test(text)) continue;
      masked += text.slice(end, start) + MASK;
      end = DOMAIN.lastIndex;
      count('emails');
    }
    return end === 0 ? text : masked + text.slice(end);
  },
};

/** Where the local part before `at` begins; `at` itself where there is none. */
function localStart(text: string, at: number, from: number): number {
  const least = Math.max(from, at - MAX_LOCAL_PART);
  let start = at;
  while (start > least && LOCAL_CHARACTER.test(text.charAt(start - 1))) start -= 1;
  // What follows a backslash is an escape of JSON's: half of one must not be left.
  const ofEscape = text.charAt(start - 1) === '\\' ? (ESCAPES[text.charAt(start)] ?? 0) : 0;
  return Math.min(at, start + ofEscape);
}
