import { type StoreError, toStoreError } from '../errors.ts';

const FIRST_PAUSE = 200;
const LONGEST_PAUSE = 5_000;

/** Runs work again, after growing pauses, where it failed for a reason that may pass. Keeps no process alive. */
export class Retrying {
  readonly #retries: number;
  readonly #onRetry: (error: StoreError, wait: number) => void;
  #hurry = new AbortController();

  /** @param onRetry Told of each failure that is followed by another attempt, in so many milliseconds. */
  constructor(retries: number, onRetry: (error: StoreError, wait: number) => void) {
    this.#retries = retries;
    this.#onRetry = onRetry;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    for (let retry = 0; ; retry++) {
      const hurried = this.#hurry.signal.aborted;
      try {
        return await work();
      } catch (thrown) {
        const error = toStoreError(thrown);
        if (!error.retryable || retry === this.#retries || hurried) throw error;
        const wait = pauseAfter(retry);
        this.#onRetry(error, wait);
        await this.#pause(wait);
      }
    }
  }

  /** Ends all pauses: what is left has one more attempt. */
  hurry(): void {
    this.#hurry.abort();
  }

  /** Work pauses again. */
  calm(): void {
    if (this.#hurry.signal.aborted) this.#hurry = new AbortController();
  }

  #pause(ms: number): Promise<void> {
    const { signal } = this.#hurry;
    return new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const wake = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      const timer = setTimeout(wake, ms).unref();
      signal.addEventListener('abort', wake);
    });
  }
}

/** Half of the exponential step is certain, half is chance, so that many processes do not come back at once. */
function pauseAfter(retry: number): number {
  const step = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** retry);
  return step / 2 + (Math.random() * step) / 2;
}
