import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { basename } from 'node:path';
import { env, platform } from 'node:process';
import { fileURLToPath } from 'node:url';

/** What a program needs of the environment; the rest could configure what is measured. */
const NEEDED = ['PATH', 'HOME', 'TMPDIR', 'SystemRoot', 'XDG_STATE_HOME'];

/** Processes that stand still: they would stay for ever if this one ended. */
const standing = new Set<ChildProcess>();
process.once('exit', () => {
  for (const program of standing) program.kill('SIGCONT');
});

/**
 * A program in a process of its own that says when it has started, and answers every question with one message. It can be
 * made to stand still between its answers, so that its timers and its garbage are no burden to another that is measured.
 */
export class Program implements Disposable {
  readonly #name: string;
  readonly #process: ChildProcess;
  /** The first message. */
  readonly started: Promise<unknown>;

  constructor(file: URL, args: readonly string[]) {
    const path = fileURLToPath(file);
    this.#name = [basename(path, '.ts'), ...args].join(' ');
    this.#process = fork(path, args, { env: Object.fromEntries(NEEDED.map((name) => [name, env[name]])) });
    this.started = this.#answer();
  }

  ask(): Promise<unknown> {
    this.#goOn();
    this.#process.send('?');
    return this.#answer();
  }

  /** Until the next question. Does nothing on Windows, which cannot do that. */
  standStill(): void {
    if (platform === 'win32') return;
    this.#process.kill('SIGSTOP');
    standing.add(this.#process);
  }

  [Symbol.dispose](): void {
    this.#goOn();
    if (this.#process.connected) this.#process.disconnect();
  }

  #goOn(): void {
    if (standing.delete(this.#process)) this.#process.kill('SIGCONT');
  }

  /** The next message. Rejects if the process ends instead; what it has to say is on standard error. */
  async #answer(): Promise<unknown> {
    const done = new AbortController();
    const { signal } = done;
    try {
      return await Promise.race([
        once(this.#process, 'message', { signal }).then(([message]) => message),
        once(this.#process, 'exit', { signal }).then(([code]) => {
          throw new Error(`"${this.#name}" ended with ${code} in the middle of the benchmark`);
        }),
      ]);
    } finally {
      done.abort();
    }
  }
}
