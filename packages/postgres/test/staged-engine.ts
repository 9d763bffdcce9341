import type { Engine } from '@agentops/postgres';

/** A transaction that has done all its work but does not commit yet. */
export interface HeldTransaction {
  /** Resolves when the transaction stands right before its commit. */
  reached: Promise<void>;
  release(): void;
}

/** A real engine whose transactions a test can watch, fail and hold. Closing it leaves `engine` open. */
export function staged(engine: Engine) {
  let failing = false;
  let held: { reached(): void; released: Promise<void> } | undefined;
  let ended = Promise.withResolvers<void>();

  const transaction: Engine['transaction'] = async (run) => {
    const hold = held;
    const fail = failing;
    held = undefined;
    failing = false;
    try {
      if (fail) throw new Error('this transaction was asked to fail');
      return await engine.transaction(async (tx) => {
        const result = await run(tx);
        hold?.reached();
        await hold?.released;
        return result;
      });
    } finally {
      ended.resolve();
      ended = Promise.withResolvers();
    }
  };

  return {
    /** Resolves when the next transaction has ended. */
    passed: () => ended.promise,
    /** The next transaction fails. */
    failNext() {
      failing = true;
    },
    /** The next transaction waits before its commit until it is released. */
    holdNext(): HeldTransaction {
      const reached = Promise.withResolvers<void>();
      const released = Promise.withResolvers<void>();
      held = { reached: reached.resolve, released: released.promise };
      return { reached: reached.promise, release: released.resolve };
    },
    engine: {
      partitionBy: engine.partitionBy,
      vacuums: engine.vacuums,
      bounded: (limit) => engine.bounded(limit),
      query: (text, params) => engine.query(text, params),
      exec: (sql) => engine.exec(sql),
      transaction,
      load: (load, signal) => engine.load(load, signal),
      close: async () => {},
    } satisfies Engine,
  };
}
