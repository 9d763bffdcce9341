import type { Queryable, Reads } from '../engines/engine.ts';
import type { DirtyTrace } from './marks.ts';
import type { DirtySession, TraceCost, TraceKey } from './traces.ts';

/** A trace that was recomputed, with the session it is in now. */
export type Recomputed = DirtySession & TraceKey & TraceCost;

/** How the data lies, and all that a roll-up does in another way for it. */
export interface Layout {
  /** What the transaction of a roll-up sets before it computes. */
  readonly settings: string;
  /** Joins `key` (project_id, hour) with its rows of `trace_hours`, as `stored`. */
  readonly storedHours: string;
  /** Where the traces of the sessions `KEYS` are read from: how the statement begins, and a table `traces`. */
  readonly tracesOfSessions: { readonly with: string; readonly from: string };
  /** How many sessions one statement recomputes. */
  readonly sessionsAtOnce: number;
  /** Recomputes traces whose rows are locked, with their hours, from their spans; leaves out those that have none. */
  recompute(tx: Queryable, traces: readonly DirtyTrace[]): Promise<Recomputed[]>;
  /** Resolves when all that `db` knows to be committed can be read, wherever it lies. */
  landed(db: Reads): Promise<void>;
}
