import type { Engine } from '@agentops/postgres';

/** An engine that tells when a transaction has ended, and fails one where it is asked to. It does not close `engine`. */
export function announcing(engine: Engine) {
  let failing = false;
  let ended = Promise.withResolvers<void>();
  const announce = () => {
    ended.resolve();
    ended = Promise.withResolvers();
  };
  return {
    /** Resolves when the next transaction has ended. */
    passed: () => ended.promise,
    /** The next transaction fails. */
    failNext() {
      failing = true;
    },
    engine: {
      partitionBy: engine.partitionBy,
      query: (text, params) => engine.query(text, params),
      exec: (sql) => engine.exec(sql),
      async transaction(run) {
        try {
          if (failing) throw new Error('this transaction was asked to fail');
          return await engine.transaction(run);
        } finally {
          failing = false;
          announce();
        }
      },
      close: async () => {},
    } satisfies Engine,
  };
}
