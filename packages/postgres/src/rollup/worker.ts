import type { Engine } from '../engines/engine.ts';
import { Cooling } from './cooling.ts';
import { latestHourMark, rollUpHours } from './hours.ts';
import { markLost } from './lost.ts';
import { latestMark, type Marks } from './marks.ts';
import { Paced } from './paced.ts';
import { rollUp } from './rollup.ts';
import type { Topology } from './topology.ts';

/** How the worker is set up. */
export interface RollupOptions {
  /** Least time between two passes, in milliseconds. */
  interval: number;
  /** Told of each pass, by the traces it recomputed, and waited for. */
  onPass?: ((traces: number) => Promise<void>) | undefined;
  /** Told of a pass that failed; it is tried again, later and later. */
  onError(error: unknown): void;
}

/** An hour costs what all its traces cost, however few of them have changed; charts may be late. */
const HOURS = { leastInterval: 2_000, pausePerPass: 50, pausePerFullPass: 50, longestPause: 60_000 };

/** How often is looked for sessions that have been lost, by the interval of roll-ups: only while any sends heartbeats. */
const LOOKS = { rollupsPerLook: 5, pausePerPass: 50, pausePerFullPass: 50, longestPause: 60_000 };
const LONGEST_TIMER = 2 ** 31 - 1;

/** Rolls up marks in the background, some time after they were made, and at once for those who ask. */
export class RollupWorker {
  readonly #engine: Engine;
  readonly #topology: Topology;
  readonly #traces: Paced;
  readonly #hours: Paced;
  readonly #lost: Paced;
  readonly #cooling = new Cooling();
  /** Traces recomputed for those who asked, which the next pass reports. */
  #asked = 0;

  constructor(engine: Engine, topology: Topology, { interval, onPass, onError }: RollupOptions) {
    this.#engine = engine;
    this.#topology = topology;
    const failed = (error: unknown) => {
      // Perhaps somebody is distributing the tables right now.
      topology.changed();
      onError(error);
    };
    this.#traces = new Paced({
      interval,
      pausePerPass: 4,
      pausePerFullPass: 1,
      longestPause: 10_000,
      onError: failed,
      pass: async () => {
        const marks: Marks = { of: 'any', except: this.#cooling.resting() };
        const { traces, isFull } = await rollUp(engine, await topology.layout(), marks, this.#cooling);
        // Also where there were none: the process that rolled up the last ones may be gone.
        this.#hours.schedule();
        this.#lost.schedule();
        const asked = this.#asked;
        this.#asked = 0;
        if (asked > 0) await onPass?.(asked);
        await onPass?.(traces);
        if (isFull) return 'much';
        return traces > 0 || this.#cooling.resting().length > 0 ? 'some' : 'nothing';
      },
    });
    this.#hours = new Paced({
      ...HOURS,
      interval: Math.max(HOURS.leastInterval, interval),
      onError: failed,
      pass: async () =>
        (await rollUpHours(engine, await topology.layout(), { of: 'any' })) > 0 ? 'some' : 'nothing',
    });
    this.#lost = new Paced({
      ...LOOKS,
      interval: Math.min(LONGEST_TIMER, LOOKS.rollupsPerLook * interval),
      onError,
      pass: async () => {
        const { marked, isAnyAlive } = await markLost(engine);
        if (marked > 0) this.schedule();
        return isAnyAlive ? 'some' : 'nothing';
      },
    });
  }

  /** Says that there are marks. Rolls them up after the pause, together with all that come until then. */
  schedule(): void {
    this.#traces.schedule();
  }

  /** Rolls up the marks of one session, which can then be read. */
  async session(projectId: string, sessionId: string): Promise<void> {
    await this.#drain({ of: 'session', projectId, sessionId });
    // Another worker may have taken them.
    await (await this.#topology.layout()).landed(this.#engine);
  }

  /** Rolls up every mark made before the call, sessions that have been lost, and the hours all this concerns. */
  async settle(): Promise<void> {
    await markLost(this.#engine);
    const id = await latestMark(this.#engine);
    if (id !== undefined) await this.#drain({ of: 'until', id });
    const hour = await latestHourMark(this.#engine);
    if (hour === undefined) return;
    const layout = await this.#topology.layout();
    while ((await rollUpHours(this.#engine, layout, { of: 'until', id: hour })) > 0);
  }

  /** Lets running passes finish; the marks that are left wait in the database. */
  async stop(): Promise<void> {
    await Promise.all([this.#traces.stop(), this.#hours.stop(), this.#lost.stop()]);
  }

  async #drain(marks: Marks): Promise<void> {
    const layout = await this.#topology.layout();
    try {
      for (;;) {
        const { traces } = await rollUp(this.#engine, layout, marks);
        if (traces === 0) return;
        this.#asked += traces;
      }
    } catch (error) {
      this.#topology.changed();
      throw error;
    }
  }
}
