import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { isMissing } from './spool/spool-file.ts';

/**
 * Makes a directory for this user alone (0700), and those above it that are missing. Not with Node's own `recursive`:
 * it never returns where a file system says ENOENT to every attempt, as procfs does.
 */
export function makeDirectory(path: string): void {
  try {
    mkdirSync(path, 0o700);
  } catch (error) {
    if (existsSync(path)) return;
    if (!isMissing(error) || dirname(path) === path) throw error;
    makeDirectory(dirname(path));
    mkdirSync(path, 0o700);
  }
}
