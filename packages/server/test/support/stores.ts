import { openStore, type SpanStore } from '@agentops/postgres';
import { pgliteEngine } from '@agentops/postgres/pglite';

/** A store in memory. */
export function storeInMemory(): Promise<SpanStore> {
  return openStore({ engine: pgliteEngine() });
}

/** `store`, with some of its methods replaced. */
export function storeWith(store: SpanStore, replaced: Partial<SpanStore>): SpanStore {
  return {
    keys: store.keys,
    maintenance: store.maintenance,
    write: (projectId, rows) => store.write(projectId, rows),
    setAside: (projectId, spans) => store.setAside(projectId, spans),
    sessions: (projectId, query) => store.sessions(projectId, query),
    session: (projectId, sessionId) => store.session(projectId, sessionId),
    spans: (projectId, sessionId) => store.spans(projectId, sessionId),
    span: (projectId, sessionId, spanId) => store.span(projectId, sessionId, spanId),
    stats: (projectId, query) => store.stats(projectId, query),
    ping: () => store.ping(),
    settle: () => store.settle(),
    close: () => store.close(),
    ...replaced,
  };
}

/** `store`, for a server of which there are several: closing it leaves it open. */
export function lent(store: SpanStore): SpanStore {
  return storeWith(store, { close: async () => {} });
}

/** A store whose writes commit when the test says so. */
export interface StoreThatWaits {
  store: SpanStore;
  /** Resolves when the first write has arrived. */
  writing: Promise<void>;
  /** Lets that write, and every later one, commit. */
  commit(): void;
}

/** Makes one around `store`. */
export function storeThatWaits(store: SpanStore): StoreThatWaits {
  const arrival = Promise.withResolvers<void>();
  const permission = Promise.withResolvers<void>();
  return {
    writing: arrival.promise,
    commit: permission.resolve,
    store: storeWith(store, {
      async write(projectId, rows) {
        arrival.resolve();
        await permission.promise;
        return store.write(projectId, rows);
      },
    }),
  };
}
