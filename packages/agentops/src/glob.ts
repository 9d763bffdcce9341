/**
 * Says of a text whether it matches `pattern`, in which `*` stands for any characters, none included, and everything
 * else for itself. Takes time in proportion to the text, whatever the pattern: a regular expression made of several
 * stars would not.
 */
export function compileGlob(pattern: string): (text: string) => boolean {
  const [start = '', ...pieces] = pattern.split('*');
  const end = pieces.pop();
  if (end === undefined) return (text) => text === pattern;
  const between = pieces.filter((piece) => piece !== '');
  const shortest = pattern.length - pieces.length - 1;
  return (text) => {
    if (text.length < shortest || !text.startsWith(start) || !text.endsWith(end)) return false;
    const limit = text.length - end.length;
    let from = start.length;
    for (const piece of between) {
      const found = text.indexOf(piece, from);
      if (found === -1 || found + piece.length > limit) return false;
      from = found + piece.length;
    }
    return true;
  };
}

/** Says of a text whether any of `patterns` matches it; see {@link compileGlob}. */
export function compileGlobs(patterns: readonly string[]): (text: string) => boolean {
  const globs = patterns.map(compileGlob);
  return (text) => globs.some((matches) => matches(text));
}
