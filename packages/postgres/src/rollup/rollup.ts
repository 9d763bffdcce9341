import { type Engine, transact } from '../engines/engine.ts';
import type { Cooling } from './cooling.ts';
import { type Marks, takeMarks } from './marks.ts';
import { rollUpSessions } from './sessions.ts';
import { rollUpTraces } from './traces.ts';

/**
 * Takes some of `marks` and recomputes what they concern, in one transaction. Marks made meanwhile stay: their spans
 * may have missed the snapshot. `cooling` is told what it cost. Resolves to the number of traces recomputed, 0 when there were no marks to take.
 */
export function rollUp(engine: Engine, marks: Marks, cooling?: Cooling): Promise<number> {
  return transact(engine, async (tx) => {
    const traces = await takeMarks(tx, marks);
    if (traces.length === 0) return 0;
    // A session of 20,000 spans fits in memory; compiling the plan would cost more than running it.
    await tx.exec(`SET LOCAL work_mem = '64MB'; SET LOCAL jit = off`);
    const began = performance.now();
    const { sessions, costs } = await rollUpTraces(tx, traces);
    cooling?.learn(costs, performance.now() - began);
    await rollUpSessions(tx, sessions);
    return traces.length;
  });
}
