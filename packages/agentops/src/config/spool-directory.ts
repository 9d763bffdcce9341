import { homedir, tmpdir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';

/** Where programs keep what is to outlive them, by the XDG base directory specification. */
export function defaultSpoolDirectory(env: Readonly<Record<string, string | undefined>>): string {
  const { XDG_STATE_HOME: home = '' } = env;
  return join(isAbsolute(home) ? home : join(homeDirectory(), '.local', 'state'), 'agentops', 'spool');
}

/** The folder of one service in `directory`, whatever its name: services must never send each other's spans. */
export function spoolFolder(directory: string, serviceName: string): string {
  const name = encodeURIComponent(serviceName.toWellFormed()).replaceAll('.', '%2E');
  return resolve(directory, name.slice(0, 200));
}

/** Of a user the system does not know, as in some containers, there is none. */
function homeDirectory(): string {
  try {
    return homedir();
  } catch {
    return tmpdir();
  }
}
