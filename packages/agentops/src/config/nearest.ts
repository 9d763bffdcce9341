import leven from 'leven';

/**
 * The one whose key is spelt most like `key`, where one is near enough to have been meant.
 *
 * @param most How many letters may differ; default a third of the key's.
 */
export function nearestOf<T extends { readonly key: string }>(
  key: string,
  options: readonly T[],
  most = Number.POSITIVE_INFINITY,
): T | undefined {
  const plain = (name: string) => name.toLowerCase().replaceAll('_', '');
  const given = plain(key);
  return options
    .map((option) => ({ option, distance: distanceTo(plain(option.key), given) }))
    .filter(
      ({ option, distance }) => distance <= Math.min(most, Math.max(1, Math.floor(option.key.length / 3))),
    )
    .sort((a, b) => a.distance - b.distance)[0]?.option;
}

/**
 * How far `given` is from `name`. The beginning of a name is nearer to it than another name of like letters, and
 * two letters that changed places are one mistake.
 */
function distanceTo(name: string, given: string): number {
  if (given.length >= SHORTEST_BEGINNING && name.startsWith(given)) return 0.5;
  const distance = leven(given, name);
  return distance === 2 && sorted(given) === sorted(name) ? 1 : distance;
}

function sorted(text: string): string {
  return [...text].sort().join('');
}

const SHORTEST_BEGINNING = 4;

/** `; did you mean "…"?`, or nothing where no name is near what was given. */
export function closest(given: unknown, names: readonly string[]): string {
  if (typeof given !== 'string') return '';
  const nearest = nearestOf(
    given,
    names.map((key) => ({ key })),
  );
  return nearest === undefined ? '' : `; did you mean "${nearest.key}"?`;
}
