import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));

/** How a command ended. */
export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** The `agentops` command in a process of its own. */
export interface AgentopsProcess {
  /** Resolves as soon as standard output matches; rejects where the command ends before. */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
  kill(signal: NodeJS.Signals): void;
  readonly ended: Promise<Ended>;
}

/** Starts the command. Its environment holds `env`, and nothing else that would change what it does. */
export function startAgentops(
  args: readonly string[],
  { cwd, env }: { cwd?: string; env?: Record<string, string> } = {},
): AgentopsProcess {
  const { PATH, HOME, NODE_COMPILE_CACHE } = process.env;
  const child = spawn(process.execPath, ['--conditions=@agentops/source', MAIN, ...args], {
    cwd,
    env: { PATH, HOME, NODE_COMPILE_CACHE, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: collect(child, 'stdout'), stderr: collect(child, 'stderr') };
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout: output.stdout(), stderr: output.stderr() }));
  });
  return {
    ended,
    kill: (signal) => void child.kill(signal),
    printed: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const match = pattern.exec(output.stdout());
          if (match !== null) resolve(match);
        };
        child.stdout?.on('data', look);
        look();
        ended.then(({ stdout, stderr }) => {
          reject(new Error(`The command ended without printing ${pattern}.\n${stdout}\n${stderr}`));
        }, reject);
      }),
  };
}

/** Runs the command to its end. */
export function agentops(...args: string[]): Promise<Ended> {
  return startAgentops(args).ended;
}

function collect(child: ChildProcess, stream: 'stdout' | 'stderr'): () => string {
  let text = '';
  child[stream]?.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  return () => text;
}
