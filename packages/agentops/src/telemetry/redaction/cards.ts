import { MASK, type TextRule } from './rule.ts';

/** 13 to 19 digits together, or in the groups of four, or of four, six and five, that cards are printed with. */
const DIGITS =
  /\d(?<![\d.]\d)(?:\d{12,18}|\d{3}([ -])\d{4}\1\d{4}\1\d{1,7}|\d{3}([ -])\d{6}\2\d{4,5})(?!\d|\.\d)/g;

/** How numbers of the networks begin, and how many digits they have. */
const NETWORKS: readonly (readonly [prefix: RegExp, lengths: readonly number[]])[] = [
  [/^4/, [13, 16, 19]], // Visa
  [/^(?:5[1-5]|2(?:22[1-9]|2[3-9]|[3-6]|7[01]|720))/, [16]], // Mastercard
  [/^3[47]/, [15]], // American Express
  [/^(?:6011|64[4-9]|65)/, [16, 17, 18, 19]], // Discover
  [/^3(?:0[0-5]|[689])/, [14, 15, 16, 17, 18, 19]], // Diners Club
  [/^35(?:2[89]|[3-8])/, [16, 17, 18, 19]], // JCB
  [/^62/, [16, 17, 18, 19]], // UnionPay
  [/^(?:50|5[6-9]|6)/, [13, 14, 15, 16, 17, 18, 19]], // Maestro
];

/** Numbers of payment cards: of a network's length and beginning, and with the right check digit. */
export const cards: TextRule = {
  name: 'cards',
  shortest: 13,
  mask(text, _key, count) {
    let masked = '';
    let end = 0;
    DIGITS.lastIndex = 0;
    for (let match = DIGITS.exec(text); match !== null; match = DIGITS.exec(text)) {
      const [found] = match;
      if (isCard(found)) {
        masked += text.slice(end, match.index) + replacement(text, match.index, found);
        end = match.index + found.length;
        count('cards');
      } else if (/\D/.test(found)) {
        // The next group may be the first of a card.
        DIGITS.lastIndex = match.index + 4;
      }
    }
    return end === 0 ? text : masked + text.slice(end);
  },
};

/** Where JSON has a number, a number has to stay. */
function replacement(text: string, start: number, found: string): string {
  const isNumber =
    /(?:^|[:,[])\s{0,8}$/.test(text.slice(Math.max(0, start - 9), start)) &&
    /^\s{0,8}(?:[,}\]]|$)/.test(text.slice(start + found.length, start + found.length + 9)) &&
    /^\d+$/.test(found);
  return isNumber ? '0' : MASK;
}

/** The check digit first: nine in ten are told by it, and it needs no copy. */
function isCard(found: string): boolean {
  if (!passesLuhn(found)) return false;
  const digits = found.replace(/\D/g, '');
  return NETWORKS.some(([prefix, lengths]) => lengths.includes(digits.length) && prefix.test(digits));
}

/** ISO/IEC 7812-1, annex B; what is no digit is passed over. */
function passesLuhn(text: string): boolean {
  let sum = 0;
  let isDoubled = false;
  for (let index = text.length - 1; index >= 0; index -= 1) {
    const digit = text.charCodeAt(index) - 48;
    if (digit < 0 || digit > 9) continue;
    const value = isDoubled ? digit * 2 : digit;
    sum += value > 9 ? value - 9 : value;
    isDoubled = !isDoubled;
  }
  return sum % 10 === 0;
}
