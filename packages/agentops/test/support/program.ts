import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

/** How a program ended. */
export interface Exit {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program of `test/programs` on the sources, in a process of its own, to its end. */
export async function runProgram(
  name: string,
  args: readonly string[] = [],
  nodeOptions: readonly string[] = [],
): Promise<Exit> {
  const file = fileURLToPath(new URL(`../programs/${name}`, import.meta.url));
  const options = ['--conditions=@agentops/source', ...nodeOptions, file, ...args];
  const child = spawn(process.execPath, options, { stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  return { code, stdout, stderr };
}
