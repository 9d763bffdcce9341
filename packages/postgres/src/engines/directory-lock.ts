import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { StoreError } from '../errors.ts';

/** The right to be the only process that has a data directory open. */
export interface DirectoryLock {
  release(): void;
}

/** Directories this very process has open: its own pid in a lock file proves nothing after a restart in a container. */
const held = new Set<string>();

/**
 * Locks `directory`, creating it where it is missing. The lock is a file with the holder's pid; that of a dead
 * process is taken over. Throws a `StoreError` with code `locked` that names the holder otherwise.
 */
export function lockDirectory(directory: string): DirectoryLock {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const path = join(resolve(directory), 'agentops.pid');
  const mine = signature(process.pid);
  while (!create(path, mine)) {
    const theirs = read(path);
    if (theirs === undefined) continue;
    if (isAlive(theirs, path)) throw locked(directory, theirs);
    setAside(path, theirs);
  }
  held.add(path);
  return {
    release() {
      if (held.delete(path) && read(path) === mine) rmSync(path, { force: true });
    },
  };
}

/**
 * A pid with, on Linux, the moment its process started: pids are used again, the pair is not. A dead process has no
 * moment, also while its parent has not yet asked how it ended.
 */
function signature(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The command's name is in parentheses and may hold spaces. After it: the state, …, the threads, …, the start.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const threads = Number(fields[17]);
    return 'ZX'.includes(fields[0] ?? '') && threads <= 1 ? `${pid}` : `${pid} ${fields[19]}`;
  } catch {
    return `${pid}`;
  }
}

function create(path: string, content: string): boolean {
  try {
    writeFileSync(path, content, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function isAlive(holder: string, path: string): boolean {
  const pid = Number.parseInt(holder, 10);
  if (!(pid > 0)) return false;
  if (pid === process.pid) return held.has(path);
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return !holder.includes(' ') || signature(pid) === holder;
}

/** Moves a dead process's lock away; puts it back where another process has taken it over in the meantime. */
function setAside(path: string, stale: string): void {
  const aside = `${path}.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  if (read(aside) !== stale) linkSync(aside, path);
  rmSync(aside, { force: true });
}

function locked(directory: string, holder: string): StoreError {
  const pid = Number.parseInt(holder, 10);
  const who = pid === process.pid ? 'this process already has' : `process ${pid} has`;
  return new StoreError(
    'locked',
    `${who} the data directory ${directory} open; stop it, or use another directory`,
  );
}
