import { randomBytes } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import process from 'node:process';

/** On another host nobody can tell whether a process lives; one that does touches its files more often than this. */
const FOREIGN_SILENCE_MS = 60_000;

/** The process a file belongs to. */
interface Owner {
  /** Encoded, as it stands in the name. */
  readonly host: string;
  /** Of the host's current run; `none` where the system has no such id. */
  readonly boot: string;
  readonly pid: number;
  /** When the process started, in the system's own units; `none` where it does not say. */
  readonly start: string;
}

/** A file that its owner is still working with, and one it has let go of. */
const HELD = '.spool';
const RELEASED = '.released';

/** A new name for a file of this process. */
export function newFileName(exporter: string): string {
  const { host, boot, pid, start } = thisProcess();
  const random = randomBytes(6).toString('hex');
  return `${[encodeURIComponent(exporter), host, boot, pid, start, random].join(',')}${HELD}`;
}

/** The name of a file that anyone may take over. */
export function releasedName(name: string): string {
  return name.slice(0, -HELD.length) + RELEASED;
}

/** True for the names of files that hold records of `exporter`, whoever they belong to. */
export function isFileOf(exporter: string, name: string): boolean {
  return (
    name.startsWith(`${encodeURIComponent(exporter)},`) && (name.endsWith(HELD) || name.endsWith(RELEASED))
  );
}

/** True where nobody works with the file any more: its owner is dead, or on another host and silent. */
export function isAbandoned(path: string, name: string): boolean {
  if (name.endsWith(RELEASED)) return true;
  const owner = ownerOf(name);
  if (owner === undefined) return false;
  const { host, boot } = thisProcess();
  if (owner.host !== host) return Date.now() - statSync(path).mtimeMs > FOREIGN_SILENCE_MS;
  return owner.boot !== boot || !isAlive(owner);
}

function ownerOf(name: string): Owner | undefined {
  const parts = name.slice(0, -HELD.length).split(',');
  const [, host, boot, pid, start] = parts;
  if (parts.length !== 6 || !host || !boot || !start) return undefined;
  return { host, boot, pid: Number(pid), start };
}

let self: Owner | undefined;

function thisProcess(): Owner {
  self ??= {
    host: encodeURIComponent(hostname()),
    boot: bootId(),
    pid: process.pid,
    start: startOf(process.pid) ?? 'none',
  };
  return self;
}

function bootId(): string {
  return readProc('sys/kernel/random/boot_id')?.trim() ?? 'none';
}

/** A process id is used again after a while; together with the start it is not. */
function isAlive({ pid, start }: Owner): boolean {
  if (start !== 'none') return startOf(pid) === start;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Linux: clock ticks from boot to the start of the process. Undefined for a dead one, also where nobody reaped it. */
function startOf(pid: number): string | undefined {
  const stat = readProc(`${pid}/stat`);
  // The second field is the program's name in parentheses and may hold spaces and parentheses itself.
  const [state, ...fields] = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? [];
  return state === 'Z' || state === 'X' ? undefined : fields[18];
}

function readProc(path: string): string | undefined {
  try {
    return readFileSync(`/proc/${path}`, 'utf8');
  } catch {
    return undefined;
  }
}
