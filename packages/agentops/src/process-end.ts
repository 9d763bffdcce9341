import process from 'node:process';
import { isMainThread } from 'node:worker_threads';

/** Signals whose default is to end the process, and that a program is commonly stopped with. */
const SIGNALS = [
  'SIGTERM',
  'SIGINT',
  'SIGHUP',
  ...(process.platform === 'win32' ? (['SIGBREAK'] as const) : []),
] as const;
type Signal = (typeof SIGNALS)[number];

/** What to do when the process is about to end. */
export interface Endings {
  /** Nothing is left to do; asynchronous work is still possible. */
  readonly idle: () => void;
  /** The process ends when this returns. Called once, also after `process.exit()` and an uncaught exception. */
  readonly exit: () => void;
}

/**
 * Watches for the end of the process and leaves it as it would be: exit code, output and signals. A signal is listened
 * to only while the application does not, since a library may take any further listener for the application's (and
 * then leave the process running); it is raised again, so that the process dies of it.
 */
export class ProcessEnd {
  readonly #endings: Endings;
  readonly #onIdle = (): void => this.#endings.idle();
  readonly #onExit = (): void => this.#endings.exit();
  readonly #onSignal = (signal: NodeJS.Signals): void => {
    this.unwatch();
    this.#endings.exit();
    process.kill(process.pid, signal);
  };
  readonly #onNewListener = (event: string | symbol, listener: unknown): void => {
    if (!isSignal(event) || listener === this.#onSignal) return;
    // Not at once: Node would take the signal for unheard, and stop listening under the listener that is about to come.
    queueMicrotask(() => {
      if (process.listenerCount(event) > 1) process.removeListener(event, this.#onSignal);
    });
  };
  readonly #onRemoveListener = (event: string | symbol, listener: unknown): void => {
    if (isSignal(event) && listener !== this.#onSignal) this.#listen(event);
  };

  constructor(endings: Endings) {
    this.#endings = endings;
  }

  watch(): void {
    process.once('beforeExit', this.#onIdle);
    process.once('exit', this.#onExit);
    if (!isMainThread) return;
    process.on('newListener', this.#onNewListener);
    process.on('removeListener', this.#onRemoveListener);
    for (const signal of SIGNALS) this.#listen(signal);
  }

  unwatch(): void {
    process.removeListener('beforeExit', this.#onIdle);
    process.removeListener('exit', this.#onExit);
    process.removeListener('newListener', this.#onNewListener);
    process.removeListener('removeListener', this.#onRemoveListener);
    for (const signal of SIGNALS) process.removeListener(signal, this.#onSignal);
  }

  #listen(signal: Signal): void {
    if (process.listenerCount(signal) === 0) process.on(signal, this.#onSignal);
  }
}

function isSignal(event: string | symbol): event is Signal {
  return (SIGNALS as readonly (string | symbol)[]).includes(event);
}
