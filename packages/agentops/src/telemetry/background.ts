import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { context, ROOT_CONTEXT } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';

/**
 * Runs the SDK's own work outside the contexts of whoever happens to trigger it: an export makes no spans, and neither
 * it nor the timers and sockets it opens hold on to a request's `AsyncLocalStorage`.
 */
export class Background {
  /** The contexts of where this was made: those of `init`. */
  readonly #outside = AsyncLocalStorage.snapshot();

  run<T>(work: () => T): T {
    return this.#outside(() => context.with(suppressTracing(ROOT_CONTEXT), work));
  }

  /** Runs `work` when the caller, and whoever called it, has had its turn. */
  soon(work: () => Promise<void>): Promise<void> {
    return this.run(async () => {
      // Not unref'd: Node would run it only when something else happens. It keeps the process alive for one turn.
      await nextTurn();
      await work();
    });
  }
}
