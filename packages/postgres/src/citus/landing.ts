import { setTimeout as pause } from 'node:timers/promises';
import type { Reads } from '../engines/engine.ts';

const PAUSE_MS = 1;
/** A commit that takes longer has lost a worker; Citus completes it when that is back. */
const LONGEST_MS = 5_000;

/**
 * Waits for transactions that are committed at the coordinator, so that their marks and totals can be seen, and not yet at
 * the workers, where their spans are: for some milliseconds a mark says more than can be read. Such a transaction
 * still holds its locks, but is not in progress for a snapshot any more.
 */
export async function landed(db: Reads): Promise<void> {
  const end = performance.now() + LONGEST_MS;
  while ((await db.query(LANDING)).length > 0 && performance.now() < end) await pause(PAUSE_MS);
}

/** Whoever writes here marks traces or takes marks, and so holds a lock on `dirty_traces` to its very end. */
const LANDING = `
  WITH held AS MATERIALIZED (
    SELECT pid, locktype, relation, transactionid::text AS id FROM pg_locks
    WHERE mode IN ('ExclusiveLock', 'RowExclusiveLock') AND granted AND pid <> pg_backend_pid()
  ), seen AS MATERIALIZED (
    SELECT pg_current_snapshot() AS snapshot
  )
  SELECT FROM held CROSS JOIN seen
  WHERE locktype = 'transactionid' AND pid IN (
      SELECT pid FROM held JOIN pg_class ON pg_class.oid = held.relation
      JOIN pg_namespace ON pg_namespace.oid = pg_class.relnamespace
      WHERE (nspname, relname) = ('agentops', 'dirty_traces'))
    AND id NOT IN (SELECT (xip::text::numeric % 4294967296)::text FROM pg_snapshot_xip(snapshot) AS xip)
    -- Begun before the snapshot was taken; ids go round.
    AND (pg_snapshot_xmax(snapshot)::text::numeric - id::numeric + 4294967296) % 4294967296 BETWEEN 1 AND 2147483648`;
