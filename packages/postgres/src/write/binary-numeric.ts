/** What `numeric_recv` reads: https://github.com/postgres/postgres/blob/master/src/backend/utils/adt/numeric.c */
export interface BinaryNumeric {
  /** In base 10,000, the most significant first. */
  readonly digits: readonly number[];
  /** The exponent of the first digit, in powers of 10,000. */
  readonly weight: number;
  readonly sign: number;
  /** Decimal digits behind the point. */
  readonly scale: number;
}

const POSITIVE = 0x0000;
const NEGATIVE = 0x4000;
const NOT_A_NUMBER = 0xc000;
const INFINITE = 0xd000;
const NEGATIVE_INFINITE = 0xf000;
/** Decimal digits in one of base 10,000. */
const WIDTH = 4;

const DECIMAL = /^(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/;

/** The decimal number that JavaScript writes for `value`, as PostgreSQL's `numeric`. */
export function binaryNumeric(value: number): BinaryNumeric {
  const [, whole = '', fraction = '', exponent = '0'] = DECIMAL.exec(String(Math.abs(value))) ?? [];
  if (whole === '') return { digits: [], weight: 0, sign: specialSign(value), scale: 0 };
  // The point is behind so many of the decimal digits, or before the first of them where it is negative.
  const point = whole.length + Number(exponent);
  const weight = Math.ceil(point / WIDTH) - 1;
  const decimals = '0'.repeat((weight + 1) * WIDTH - point) + whole + fraction;
  const digits: number[] = [];
  for (let start = 0; start < decimals.length; start += WIDTH) {
    digits.push(Number(decimals.slice(start, start + WIDTH).padEnd(WIDTH, '0')));
  }
  // Zeros at either end are no digits; the server takes them out itself.
  return {
    digits,
    weight,
    sign: value < 0 ? NEGATIVE : POSITIVE,
    scale: Math.max(0, fraction.length - Number(exponent)),
  };
}

function specialSign(value: number): number {
  if (Number.isNaN(value)) return NOT_A_NUMBER;
  return value > 0 ? INFINITE : NEGATIVE_INFINITE;
}
