import { type Engine, transact } from '../engines/engine.ts';
import type { Cooling } from './cooling.ts';
import type { Layout } from './layout.ts';
import { type Marks, takeMarks } from './marks.ts';
import { rollUpSessions } from './sessions.ts';
import { rollUpTraces } from './traces.ts';

/** What a roll-up has done. */
export interface RolledUp {
  /** Traces recomputed; 0 where there were no marks to take. */
  traces: number;
  /** Whether it took as many marks as it may, so that there may be more. */
  isFull: boolean;
}

/**
 * Takes some of `marks` and recomputes what they concern, in one transaction. Marks made meanwhile stay: their spans
 * may have missed the snapshot. `cooling` is told what it cost.
 */
export function rollUp(engine: Engine, layout: Layout, marks: Marks, cooling?: Cooling): Promise<RolledUp> {
  return transact(engine, async (tx) => {
    const { traces, isFull } = await takeMarks(tx, marks);
    if (traces.length === 0) return { traces: 0, isFull };
    await tx.exec(layout.settings);
    const began = performance.now();
    const { sessions, costs } = await rollUpTraces(tx, layout, traces);
    cooling?.learn(costs, performance.now() - began);
    await rollUpSessions(tx, layout, sessions);
    return { traces: traces.length, isFull };
  });
}
