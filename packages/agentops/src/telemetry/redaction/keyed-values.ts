import type { KeyNames, KeyRule } from './key-names.ts';
import { backslashesBefore, endOfNested, endOfQuoted, isNesting } from './quoted.ts';
import { type CountMasks, MASK, type TextRule } from './rule.ts';

const MAX_KEY = 64;
const MAX_SPACE = 16;

const DOUBLE_QUOTE = 34;
const QUOTES = `"'\``;

/** Of names in text: letters, digits, and `_ - . $ @`. */
const IS_NAME = new Uint8Array(128);
for (const character of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.$@') {
  IS_NAME[character.charCodeAt(0)] = 1;
}

/** Bounded: names may stand so close that each has all others in its value. */
const BARE_VALUE = /[^\s"'`\\,;&<>(){}[\]]{1,64}/y;
const REST_OF_BARE_VALUE = /[^\s"'`\\,;&<>(){}[\]]*/y;
const LINE = /[^\r\n"'`\\]{1,8192}/y;
const SCALAR = /[^\s"'\\,}\]]{1,64}/y;

/** A name in a text, and where what it stands for has to be looked for. */
interface Named {
  readonly rule: KeyRule;
  readonly name: string;
  readonly isQuoted: boolean;
  /** The backslashes before each of its quotes, where those are JSON's; else undefined. */
  readonly escapes: number | undefined;
  readonly separator: string;
  /** Behind the separator. */
  readonly next: number;
}

/** What to put in the place of a part of the text. */
interface Masked {
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
}

/**
 * Values that stand behind a telling name: in JSON, also in JSON inside its strings, and in `NAME=value`, `name: value`
 * and headers. Found from `:` and `=`, looking back for the name; nothing is parsed, so that texts which are no JSON, or
 * were cut, are treated alike.
 */
export class KeyedValues implements TextRule {
  readonly name = 'keys';
  /** Of `a=b`. */
  readonly shortest = 3;
  readonly #names: KeyNames;

  constructor(names: KeyNames) {
    this.#names = names;
  }

  mask(text: string, _key: string, count: CountMasks): string {
    return this.#maskBehind('=', this.#maskBehind(':', text, count), count);
  }

  #maskBehind(separator: string, text: string, count: CountMasks): string {
    let masked = '';
    let end = 0;
    for (let at = text.indexOf(separator); at !== -1; at = text.indexOf(separator, Math.max(at + 1, end))) {
      const named = this.#nameBefore(text, at);
      if (named === undefined) continue;
      for (const value of valuesOf(text, named)) {
        masked += text.slice(end, value.start) + value.replacement;
        end = value.end;
        count(named.rule.name);
      }
    }
    return end === 0 ? text : masked + text.slice(end);
  }

  /** The name before the separator at `at`, where it is one whose values are masked. */
  #nameBefore(text: string, at: number): Named | undefined {
    let end = at;
    while (end > 0 && at - end < 4 && text.charCodeAt(end - 1) === 32) end -= 1;
    const last = text.charCodeAt(end - 1);
    const isQuoted = last === DOUBLE_QUOTE || last === 39;
    let escapes: number | undefined;
    if (isQuoted) {
      end -= 1;
      if (last === DOUBLE_QUOTE) escapes = backslashesBefore(text, end, end - 8);
      end -= escapes ?? 0;
    }
    let start = end;
    let letters = 0;
    const least = Math.max(0, end - MAX_KEY);
    while (start > least) {
      const code = text.charCodeAt(start - 1);
      if (!isNameCharacter(code, isQuoted)) break;
      letters |= 1 << (code & 31);
      start -= 1;
    }
    // Most names are told by their letters, without making a text of them.
    if (start === end || !this.#names.mayMatch(letters)) return undefined;
    const name = text.slice(start, end);
    const rule = this.#names.of(name);
    return rule && { rule, name, isQuoted, escapes, separator: text.charAt(at), next: at + 1 };
  }
}

function isNameCharacter(code: number, isQuoted: boolean): boolean {
  return code < 128 ? IS_NAME[code] === 1 || (isQuoted && (code === 32 || code === 47)) : isQuoted;
}

/** The parts of the text that `named` says must not be seen. */
function valuesOf(text: string, named: Named): readonly Masked[] {
  const { rule, escapes, next } = named;
  let start = next;
  while (start - next < MAX_SPACE && isSpace(text.charCodeAt(start))) start += 1;
  const opening = quoteAt(text, start, named);
  if (opening !== undefined) {
    const value = quotedValue(text, opening);
    return isSecret(text.slice(value.start, value.end), named, true)
      ? [{ ...value, replacement: rule.replacement }]
      : [];
  }
  if (!named.isQuoted) return bareValue(text, start, named);
  if (escapes === undefined) return [];
  const quote = `${'\\'.repeat(escapes)}"`;
  const replacement = `${quote}${rule.replacement}${quote}`;
  const first = text.charAt(start);
  if (rule.masks !== 'anything') return first === '[' ? elements(text, start + 1, named) : [];
  if (first === '[' || first === '{') return [{ start, end: endOfNested(text, start, escapes), replacement }];
  SCALAR.lastIndex = start;
  return SCALAR.test(text) ? [{ start, end: SCALAR.lastIndex, replacement }] : [];
}

/** The texts of a list. */
function elements(text: string, start: number, named: Named): Masked[] {
  const found: Masked[] = [];
  for (let index = start; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (isSpace(code) || code === 44) continue;
    const opening = quoteAt(text, index, named);
    if (opening === undefined) break;
    const value = quotedValue(text, opening);
    if (isSecret(text.slice(value.start, value.end), named, true)) {
      found.push({ ...value, replacement: named.rule.replacement });
    }
    index = value.end + opening.escapes;
  }
  return found;
}

/** A value without quotes: of a variable, a parameter of a URL, a setting, a header. */
function bareValue(text: string, start: number, named: Named): Masked[] {
  const { rule, name, separator } = named;
  const isHeader = separator === ':' && /(?:authorization|cookie)$/i.test(name);
  const pattern = isHeader ? LINE : BARE_VALUE;
  pattern.lastIndex = start;
  if (!pattern.test(text)) return [];
  const value = text.slice(start, pattern.lastIndex);
  const isCall = text.charAt(pattern.lastIndex) === '(';
  if (!isHeader && (isCall || !isSecret(value, named, false))) return [];
  REST_OF_BARE_VALUE.lastIndex = pattern.lastIndex;
  REST_OF_BARE_VALUE.test(text);
  return [{ start, end: REST_OF_BARE_VALUE.lastIndex, replacement: rule.replacement }];
}

/** In JSON whatever stands behind the name; elsewhere, where prose and programs have such names too, what looks it. */
function isSecret(value: string, { rule, name, isQuoted: isMember }: Named, isQuoted: boolean): boolean {
  if (value === '' || value.startsWith(MASK) || value === rule.replacement) return false;
  if (rule.masks === 'anything') return true;
  if (rule.masks === 'opaque' && (value.length < 8 || value.includes(' '))) return false;
  if (isMember && isQuoted) return true;
  if (/^[$%<{*]/.test(value) || value.toLowerCase() === name.toLowerCase()) return false;
  if (rule.isPassword) return !/^(?:none|null|nil|undefined|true|false|string|str)$/i.test(value);
  const hasDigit = /\d/.test(value);
  return (
    !value.includes(' ') && value.length >= 6 && (hasDigit || (value.length >= 20 && !/[._]/.test(value)))
  );
}

interface Opening {
  /** Of the value, behind the quote. */
  readonly start: number;
  readonly quote: string;
  readonly escapes: number;
}

/** The quote that opens a value at `index`, with the backslashes that nesting puts before it. */
function quoteAt(text: string, index: number, named: Named): Opening | undefined {
  let at = index;
  while (at - index < 8 && text.charAt(at) === '\\') at += 1;
  const quote = text.charAt(at);
  const escapes = at - index;
  if (quote === '' || !QUOTES.includes(quote) || !isNesting(escapes)) return undefined;
  if (quote !== '"') return escapes === 0 ? { start: at + 1, quote, escapes } : undefined;
  // A quote of another depth, or with nothing of a value behind it, closes the text that the name stands in.
  const closes =
    named.escapes === undefined
      ? /^(?:$|[\s,:}\]\\])/.test(text.slice(at + 1, at + 2))
      : escapes !== named.escapes;
  return closes ? undefined : { start: at + 1, quote, escapes };
}

function quotedValue(text: string, { start, quote, escapes }: Opening): { start: number; end: number } {
  if (quote === '"') return { start, end: endOfQuoted(text, start, escapes) };
  let end = start;
  while (end < text.length && end - start < 4096 && !`${quote}"\\\n`.includes(text.charAt(end))) end += 1;
  return { start, end };
}

function isSpace(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13);
}
