import type { ZodError } from 'zod';

/**
 * What is wrong with a set of named values, each by its name, in one line.
 *
 * @param known the names accepted at the top (`''`) and inside each value that has names of its own.
 */
export function describeIssues(error: ZodError, known: Readonly<Record<string, readonly string[]>>): string {
  return error.issues
    .map((issue) => {
      const place = issue.path.join('.');
      if (issue.code !== 'unrecognized_keys') return `\`${place}\`: ${issue.message}`;
      const names = issue.keys.map((key) => `\`${[...issue.path, key].join('.')}\``).join(', ');
      return `${names} is not known; accepted: ${known[place]?.join(', ') || 'none'}`;
    })
    .join('; ');
}
