/** `>=1.2`, `^1`, `1.x`: an operator and the numbers that are given. */
const COMPARATOR = /^(>=|<=|>|<|=|\^|~)?v?(\d+|[x*])?(?:\.(\d+|[x*]))?(?:\.(\d+|[x*]))?/i;

type Version = readonly number[];

/**
 * Whether `version` lies in a range of npm's: comparators side by side, alternatives behind `||`. What comes after the
 * third number (`-rc.1`) is left out of account; `1 - 2` is not understood, and nothing lies in it.
 */
export function isInRange(version: string, range: string): boolean {
  const given = numbersOf(version);
  return range.split('||').some((alternative) => {
    const comparators = alternative
      .trim()
      .replaceAll(/([<>=^~])\s+/g, '$1')
      .split(/\s+/);
    return comparators.every((comparator) => comparator !== '-' && fits(given, comparator));
  });
}

function fits(version: Version, comparator: string): boolean {
  const [, operator = '', ...parts] = COMPARATOR.exec(comparator) ?? [];
  const wanted = parts.filter((part) => part !== undefined && /\d/.test(part)).map(Number);
  if (wanted.length === 0) return true;
  const compared = compare(version, wanted);
  switch (operator) {
    case '>=':
      return compared >= 0;
    case '<=':
      return compared <= 0 || hasPrefix(version, wanted);
    case '>':
      return compared > 0 && !hasPrefix(version, wanted);
    case '<':
      return compared < 0;
    case '^':
      return compared >= 0 && hasPrefix(version, wanted.slice(0, firstNonZero(wanted) + 1));
    case '~':
      return compared >= 0 && hasPrefix(version, wanted.slice(0, 2));
    default:
      return hasPrefix(version, wanted);
  }
}

/** The number that must not change for a version to be compatible; all that are given, where they are 0. */
function firstNonZero(version: Version): number {
  const index = version.findIndex((number) => number > 0);
  return index === -1 ? version.length - 1 : index;
}

function hasPrefix(version: Version, prefix: Version): boolean {
  return prefix.every((number, index) => version[index] === number);
}

function compare(version: Version, wanted: Version): number {
  for (const [index, number] of version.entries()) {
    const difference = number - (wanted[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function numbersOf(version: string): Version {
  const [, , ...parts] = COMPARATOR.exec(version) ?? [];
  return [0, 1, 2].map((index) => Number(parts[index] ?? 0));
}
