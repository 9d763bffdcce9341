import { type Engine, transact } from '../engines/engine.ts';
import { codeOf } from '../errors.ts';
import { removeHoursOf } from '../rollup/hour-parts.ts';
import type { Layout } from '../rollup/layout.ts';
import { rollUpSessions } from '../rollup/sessions.ts';
import type { DirtySession } from '../rollup/traces.ts';
import { listPartitions, type Partition } from './partition-list.ts';

/** What is kept. Whatever is older, or too much, goes in whole partitions, the oldest first. */
export interface Retention {
  /** Days, today not counted. At least 1. */
  readonly days?: number | undefined;
  /**
   * Bytes of all spans on disk, indexes included. The newest partition up to today's stays, whatever its size. Rejected spans
   * are not counted, and go with the partitions of the time they were rejected in.
   */
  readonly maxBytes?: number | undefined;
}

export interface PruneResult {
  readonly dropped: readonly Partition[];
  /** How many sessions went with them. */
  readonly sessions: number;
  /** What is left. */
  readonly bytes: number;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** Dropping a partition needs all of `spans` for a moment; writers must not queue behind a reader for long. */
const LOCK_TIMEOUT = '2s';
const LOCK_TIMED_OUT = '55P03';
const LOCK_ATTEMPTS = 10;

const ROWS_PER_STATEMENT = 1000;

/** Drops what `retention` does not keep, and the totals of what has gone. `now` in ms since the epoch. */
export async function prune(
  engine: Engine,
  layout: Layout,
  { days, maxBytes = Number.POSITIVE_INFINITY }: Retention,
  now = Date.now(),
): Promise<PruneResult> {
  const oldest = days === undefined ? '' : dayOf(now - days * DAY_MS);
  const today = dayOf(now);
  const kept = await listPartitions(engine);
  let bytes = kept.reduce((sum, partition) => sum + partition.bytes, 0);
  const dropped: Partition[] = [];
  let sessions = 0;
  for (let next = kept[0]; next !== undefined; next = kept[0]) {
    const isOld = next.to <= oldest;
    // One made ahead is no reason to drop what is being written to.
    const isNewest = (kept[1]?.from ?? '9999') > today;
    const isTooMuch = bytes > maxBytes && !isNewest;
    if (!isOld && !isTooMuch) break;
    await drop(engine, next);
    sessions += await forget(engine, layout, next);
    bytes -= next.bytes;
    dropped.push(next);
    kept.shift();
  }
  // What was set aside goes with the spans of its time: it may be as large, and nobody asks for it longer.
  const [first] = dropped.length > 0 ? kept : [];
  const left = first === undefined || first.from > today ? '' : first.from;
  const [, since = ''] = [oldest, left].sort();
  if (since !== '') {
    await engine.query(
      `DELETE FROM agentops.rejected_spans WHERE rejected_at < $1::timestamp AT TIME ZONE 'UTC'`,
      [since],
    );
  }
  return { dropped, sessions, bytes };
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 'YYYY-MM-DD'.length);
}

async function drop(engine: Engine, { name }: Partition): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await transact(engine, async (tx) => {
        await tx.exec(`SET LOCAL lock_timeout = '${LOCK_TIMEOUT}'`);
        // Apart, since Citus hands a statement on to its workers by the text it came in.
        await tx.exec(`ALTER TABLE agentops.spans DETACH PARTITION agentops.${name}`);
        await tx.exec(`DROP TABLE agentops.${name}`);
      });
      return;
    } catch (error) {
      if (codeOf(error) !== LOCK_TIMED_OUT || attempt === LOCK_ATTEMPTS) throw error;
    }
  }
}

/** Removes the totals of what was in a partition; those of traces that go on after it are computed anew. */
function forget(engine: Engine, layout: Layout, { to }: Partition): Promise<number> {
  return transact(engine, async (tx) => {
    const survivors = await tx.query(CUT_SURVIVORS, [to]);
    if (survivors.length > 0) await tx.query(MARK_SURVIVORS, [JSON.stringify(survivors), to]);
    const gone = await tx.query<GoneTrace>(DELETE_TRACES, [to]);
    for (const some of inPieces(gone)) await removeHoursOf(tx, some);
    const left = new Map<string, DirtySession>();
    for (const { project_id, session_id } of gone) {
      if (session_id !== null) left.set(JSON.stringify([project_id, session_id]), { project_id, session_id });
    }
    let sessions = 0;
    for (const some of inPieces([...left.values()])) sessions += await rollUpSessions(tx, layout, some);
    return sessions;
  });
}

function* inPieces<T>(all: readonly T[]): Generator<T[]> {
  for (let start = 0; start < all.length; start += ROWS_PER_STATEMENT) {
    yield all.slice(start, start + ROWS_PER_STATEMENT);
  }
}

interface GoneTrace {
  project_id: string;
  trace_id: string;
  session_id: string | null;
}

const CUT_SURVIVORS = `
  UPDATE agentops.traces SET first_day = $1::date WHERE first_day < $1::date AND last_day >= $1::date
  RETURNING project_id, trace_id, coalesce(session_id, '') AS session_id`;

/** The roll-up knows of the days that follow. */
const MARK_SURVIVORS = `
  INSERT INTO agentops.dirty_traces (project_id, trace_id, session_id, first_day, last_day)
  SELECT survivor.*, $2::date, $2::date
  FROM jsonb_to_recordset($1::jsonb) AS survivor(project_id text, trace_id text, session_id text)`;

const DELETE_TRACES = `
  DELETE FROM agentops.traces WHERE last_day < $1::date RETURNING project_id, trace_id, session_id`;
