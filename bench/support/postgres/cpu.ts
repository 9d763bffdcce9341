import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const MICROSECONDS_PER_TICK = 10_000;

/**
 * CPU time, in µs, that a PostgreSQL server has taken so far with all its processes, those that have ended included. What
 * other programs do to the machine changes it less than the clock on the wall. NaN where there is no `/proc`.
 *
 * @param directory of the server's data
 */
export function cpuOfServer(directory: string): number {
  try {
    const [postmaster = ''] = readFileSync(join(directory, 'postmaster.pid'), 'utf8').split('\n');
    let ticks = 0;
    for (const pid of readdirSync('/proc')) {
      if (!/^\d+$/.test(pid)) continue;
      const process = processOf(pid);
      if (pid === postmaster) ticks += (process?.own ?? 0) + (process?.ended ?? 0);
      else if (process?.parent === postmaster) ticks += process.own;
    }
    return ticks * MICROSECONDS_PER_TICK;
  } catch {
    return Number.NaN;
  }
}

/** See proc_pid_stat(5). */
function processOf(pid: string): { parent: string; own: number; ended: number } | undefined {
  try {
    // The name before it, in parentheses, may hold anything.
    const [, rest = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(/\) (?!.*\))/);
    const fields = rest.split(' ');
    const sum = (...indexes: number[]) => indexes.reduce((total, index) => total + Number(fields[index]), 0);
    return { parent: fields[1] ?? '', own: sum(11, 12), ended: sum(13, 14) };
  } catch {
    // It has ended since.
    return undefined;
  }
}

/** CPU time of this process, in µs. */
export function cpuOfProcess(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}
