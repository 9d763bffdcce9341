/** Makes ids that are the same on every run: the prefix, then how many of that prefix there have been. */
export type NextId = (prefix: string) => string;

/** A new source of ids, one for each server. */
export function countIds(): NextId {
  const counts = new Map<string, number>();
  return (prefix) => {
    const count = (counts.get(prefix) ?? 0) + 1;
    counts.set(prefix, count);
    return prefix + String(count).padStart(22, '0');
  };
}
