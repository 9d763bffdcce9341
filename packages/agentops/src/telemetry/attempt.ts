import type { RetryConfig } from '../config/config.ts';

/**
 * Runs `work` with a signal that is aborted after `ms`. The timer keeps no process alive.
 *
 * @param limit Where somebody else may cut it off too.
 */
export async function withTimeLimit<T>(
  ms: number,
  work: (signal: AbortSignal) => Promise<T>,
  // Not `AbortSignal.timeout`: a signal of that kind holds on to the batch until its time is up, delivered or not.
  limit = new AbortController(),
): Promise<T> {
  const timer = setTimeout(() => limit.abort(new Error('timed out')), ms).unref();
  try {
    return await work(limit.signal);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Milliseconds to wait after so many attempts. Half of the exponential step is certain, half is chance, so that many
 * processes do not come back at once.
 */
export function backoff({ initial, max }: Pick<RetryConfig, 'initial' | 'max'>, attempt: number): number {
  const step = Math.min(max, initial * 2 ** (attempt - 1));
  return step / 2 + (Math.random() * step) / 2;
}
