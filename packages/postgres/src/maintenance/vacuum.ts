import type { Engine } from '../engines/engine.ts';

/** What PostgreSQL's autovacuum takes for worth its while: this many dead rows, and this share of the live ones. */
const LEAST_DEAD_ROWS = 1_000;
const DEAD_SHARE = 0.2;

/** How many recomputed traces make another look at the tables worth while: when nothing else is to do, and in any case. */
const LOOK_WHEN_IDLE = 500;
const LOOK_ANYWAY = 10_000;

/**
 * Does the work of autovacuum on an engine that has none: roll-ups rewrite their rows again and again, and without it
 * tables and indexes grow with every write. A few ms a table; other statements take their turns in between.
 */
export class Vacuum {
  readonly #engine: Engine;
  #recomputed = 0;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** Told of a pass of the roll-up, by the number of traces it recomputed: 0 says that there is nothing left to do. */
  async after(traces: number): Promise<void> {
    if (this.#engine.vacuums) return;
    this.#recomputed += traces;
    if (this.#recomputed < (traces === 0 ? LOOK_WHEN_IDLE : LOOK_ANYWAY)) return;
    this.#recomputed = 0;
    await this.#vacuum();
  }

  async #vacuum(): Promise<void> {
    const tables = await this.#engine.query<{ name: string }>(
      `SELECT relname AS name FROM pg_stat_user_tables
       WHERE schemaname = 'agentops' AND n_dead_tup > ${LEAST_DEAD_ROWS} + ${DEAD_SHARE} * n_live_tup`,
    );
    for (const { name } of tables) {
      // Spans are found by their key whatever the statistics say, and a look at them takes long.
      const isPartition = name.startsWith('spans_');
      await this.#engine.exec(`VACUUM ${isPartition ? '' : '(ANALYZE)'} agentops.${name}`);
    }
  }
}
