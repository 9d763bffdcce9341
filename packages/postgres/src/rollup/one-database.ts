import { STORE_HOURS } from './hour-parts.ts';
import type { Layout, Recomputed } from './layout.ts';
import { recomputation } from './traces.ts';

const RECOMPUTE = recomputation({ within: () => '', hours: `, ${STORE_HOURS}`, returning: '' });

/** Everything lies in one database, and is there for all with its commit. */
export const ONE_DATABASE: Layout = {
  // A session of 20,000 spans fits in memory; compiling the plan would cost more than running it.
  settings: `SET LOCAL work_mem = '64MB'; SET LOCAL jit = off`,
  // OFFSET 0 keeps the planner on the index.
  storedHours: `CROSS JOIN LATERAL (
    SELECT parts FROM agentops.trace_hours AS stored
    WHERE stored.project_id = key.project_id AND stored.hour = key.hour OFFSET 0
  ) AS stored`,
  tracesOfSessions: { with: '', from: 'agentops.traces' },
  sessionsAtOnce: Number.POSITIVE_INFINITY,
  recompute: (tx, traces) => tx.query<Recomputed>(RECOMPUTE, [JSON.stringify(traces)]),
  landed: async () => {},
};
