/** `${NAME}` or `${NAME:-default}`; with a further dollar before it, the text itself. */
const REFERENCE = /\$\$\{|\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g;

/** A text with its variables replaced. */
export type Substituted =
  | { readonly text: string; readonly isChanged: boolean }
  /** @property missing The variables that are not set and have no default. */
  | { readonly missing: readonly string[] };

/**
 * Replaces the environment variables in one value of the file. It is done on values, after the file has been parsed: what
 * a variable holds cannot change the file's structure. A variable that is empty counts as not set, as in a shell.
 */
export function substitute(text: string, lookUp: (name: string) => string | undefined): Substituted {
  if (!text.includes('${')) return { text, isChanged: false };
  const missing: string[] = [];
  let isChanged = false;
  const result = text.replace(REFERENCE, (match, name: string | undefined, fallback: string | undefined) => {
    if (name === undefined) return '${';
    isChanged = true;
    const value = lookUp(name) ?? fallback;
    if (value === undefined) missing.push(name);
    return value ?? match;
  });
  return missing.length > 0 ? { missing } : { text: result, isChanged };
}
