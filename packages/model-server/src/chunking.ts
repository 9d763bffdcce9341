const defaultSize = 8;

/** Cuts text into pieces of `size` characters, never through a surrogate pair. */
export function split(text: string, size = defaultSize): string[] {
  if (!(size >= 1)) throw new RangeError(`chunking.size is ${size}: a chunk needs at least 1 character.`);
  const characters = Array.from(text);
  const count = Math.ceil(characters.length / size);
  return Array.from({ length: count }, (_, piece) =>
    characters.slice(piece * size, (piece + 1) * size).join(''),
  );
}

/** The first of every list, then the second of every list, and so on. */
export function interleave<T>(lists: readonly (readonly T[])[]): T[] {
  const longest = Math.max(0, ...lists.map((list) => list.length));
  return Array.from({ length: longest }, (_, position) =>
    lists.flatMap((list) => list.slice(position, position + 1)),
  ).flat();
}
