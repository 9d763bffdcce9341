import type { TraceCost } from './traces.ts';

/** A trace rests so many times as long as its last roll-up took: at most a twenty-fifth of the time goes into it. */
const REST_PER_MS = 25;
/** Shorter rests are what every trace has between two passes. */
const SHORTEST_REST = 200;
const LONGEST_REST = 30_000;

/**
 * Which traces have to rest: one that has many spans, and gets more all the time, would else be read as a whole with
 * every pass.
 */
export class Cooling {
  readonly #until = new Map<string, number>();

  /** Remembers what a pass of `ms` has cost each of its traces. */
  learn(traces: readonly TraceCost[], ms: number): void {
    const all = traces.reduce((sum, { spans }) => sum + Number(spans), 0);
    for (const { trace_id, spans } of traces) {
      const rest = Math.min(LONGEST_REST, (REST_PER_MS * ms * Number(spans)) / all);
      if (rest > SHORTEST_REST) this.#until.set(trace_id, performance.now() + rest);
    }
  }

  /** The traces that rest now. */
  resting(): string[] {
    const now = performance.now();
    for (const [trace_id, until] of this.#until) if (until <= now) this.#until.delete(trace_id);
    return [...this.#until.keys()];
  }
}
