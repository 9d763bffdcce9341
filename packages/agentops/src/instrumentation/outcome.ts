/** Told how a piece of work ended. The first call counts; a promise that is asked twice tells it twice. */
export interface Outcome {
  succeed(output?: unknown): void;
  fail(error: unknown): void;
}

/** Runs the program's own code: what it throws fails the work and is thrown on. */
export function attempt<T>(work: () => T, outcome: Outcome): T {
  try {
    return work();
  } catch (error) {
    outcome.fail(error);
    throw error;
  }
}
