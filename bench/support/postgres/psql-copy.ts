import { execFileSync, spawnSync } from 'node:child_process';

/** Whether this machine has `psql`, which does not come with the server from npm. */
export function hasPsql(): boolean {
  return spawnSync('psql', ['--version']).status === 0;
}

/** Seconds that `\copy` of a file into `agentops.spans` takes, as `psql` says: without its start and its connecting. */
export function psqlCopy(url: string, path: string): number {
  const output = execFileSync(
    'psql',
    ['-X', '-q', url, '-c', '\\timing on', '-c', `\\copy agentops.spans from '${path}'`],
    { encoding: 'utf8' },
  );
  const [, milliseconds] = /([\d.]+) ms/.exec(output.trim().split('\n').at(-1) ?? '') ?? [];
  if (milliseconds === undefined) throw new Error(`psql says no time: ${output}`);
  return Number(milliseconds) / 1_000;
}
