const HOUR_MS = 60 * 60 * 1000;

/** What runs again and again, until it is stopped. */
export interface Regularly {
  /** Resolves when what is under way has ended. */
  stop(): Promise<void>;
}

/**
 * Runs `task` now and every hour, never twice at a time, and keeps no process alive by it.
 *
 * @param task Must not reject.
 */
export function everyHour(task: () => Promise<void>): Regularly {
  let running = task();
  const timer = setInterval(() => {
    running = running.then(task);
  }, HOUR_MS).unref();
  return {
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}
