import type { RejectedSpan, SpanRow } from '@agentops/otlp';
import { type SpanStore, StoreError, type WriteResult } from '@agentops/postgres';

/** Writes of one project that run at one time; what arrives meanwhile waits and is written together. */
const WRITES_AT_ONCE = 2;
/** Rows of one write, beyond which waiting requests are left for the next. */
const ROWS_AT_ONCE = 1_000;

type Writes = Pick<SpanStore, 'write'>;

interface Waiting {
  rows: readonly SpanRow[];
  resolve(result: WriteResult): void;
  reject(error: unknown): void;
}

interface Lane {
  waiting: Waiting[];
  writes: number;
}

/**
 * Writes the spans of many small requests in few transactions: a transaction costs more than a span. Each write
 * resolves once its own rows are committed, and rejects where the transaction they were in failed.
 */
export function groupCommit(store: Writes): SpanStore['write'] {
  const lanes = new Map<string, Lane>();

  async function run(project: string, lane: Lane): Promise<void> {
    lane.writes += 1;
    while (lane.waiting.length > 0) await commit(store, project, takeGroup(lane.waiting));
    lane.writes -= 1;
    if (lane.writes === 0) lanes.delete(project);
  }

  return (project, rows) =>
    new Promise((resolve, reject) => {
      const lane = lanes.get(project) ?? { waiting: [], writes: 0 };
      lanes.set(project, lane);
      lane.waiting.push({ rows, resolve, reject });
      if (lane.writes < WRITES_AT_ONCE) void run(project, lane);
    });
}

/** The requests that go into the next write: at least one, and no more rows than a write should have. */
function takeGroup(waiting: Waiting[]): Waiting[] {
  let rows = 0;
  const end = waiting.findIndex((request, index) => {
    rows += request.rows.length;
    return index > 0 && rows > ROWS_AT_ONCE;
  });
  return waiting.splice(0, end === -1 ? waiting.length : end);
}

async function commit(store: Writes, project: string, group: Waiting[]): Promise<void> {
  try {
    const rows = group.flatMap((request) => request.rows);
    const { rejected } = await store.write(project, rows);
    for (const request of group) request.resolve(shareOf(request.rows, rejected));
  } catch (error) {
    if (group.length === 1 || isUnavailable(error)) {
      for (const request of group) request.reject(error);
      return;
    }
    // One request's rows broke the transaction: the others must not pay for it.
    for (const request of group) await commit(store, project, [request]);
  }
}

function shareOf(rows: readonly SpanRow[], rejected: readonly RejectedSpan[]): WriteResult {
  const own = new Set(rows.map((row) => row.trace_id + row.span_id));
  const lost = rejected.filter((span) => own.has(span.trace_id + span.span_id));
  return { stored: rows.length - lost.length, rejected: lost };
}

function isUnavailable(error: unknown): boolean {
  return error instanceof StoreError && error.code === 'unavailable';
}
