import { isDistributed } from '../citus/distribution.ts';
import { SHARDS } from '../citus/shards.ts';
import type { Reads } from '../engines/engine.ts';
import type { Layout } from './layout.ts';
import { ONE_DATABASE } from './one-database.ts';

/** How long it is believed that a database is no cluster: it may become one while it is open, and never goes back. */
const BELIEVED_MS = 60_000;

/** Knows how the data of a database lies. */
export class Topology {
  readonly #db: Reads;
  #layout: Layout = ONE_DATABASE;
  #askAgainAt = 0;
  #changes = 0;

  constructor(db: Reads) {
    this.#db = db;
  }

  async layout(): Promise<Layout> {
    if (this.#layout === ONE_DATABASE && performance.now() >= this.#askAgainAt) {
      const changes = this.#changes;
      if (await isDistributed(this.#db)) this.#layout = SHARDS;
      // What has changed while it was asked is asked again.
      if (changes === this.#changes) this.#askAgainAt = performance.now() + BELIEVED_MS;
    }
    return this.#layout;
  }

  /** Says that the data may lie in another way now. */
  changed(): void {
    this.#changes += 1;
    this.#askAgainAt = 0;
  }
}
