import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

/** How a program ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProgramOptions {
  readonly nodeOptions?: readonly string[];
  /** A command that runs the one that follows it. */
  readonly through?: readonly string[];
  /** Beside this process's own variables. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a program of `test/programs` on the sources, in a process of its own, to its end. */
export async function runProgram(
  name: string,
  args: readonly string[] = [],
  { nodeOptions = [], through = [], env = {} }: ProgramOptions = {},
): Promise<Exit> {
  const file = fileURLToPath(new URL(`../programs/${name}`, import.meta.url));
  const [command = '', ...options] = [
    ...through,
    process.execPath,
    '--conditions=@agentops/source',
    ...nodeOptions,
    file,
    ...args,
  ];
  const child = spawn(command, options, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  const [stdout, stderr, [code, signal]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>,
  ]);
  return { code, signal, stdout, stderr };
}
