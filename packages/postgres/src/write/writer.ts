import type { RejectedSpan, SpanRow } from '@agentops/otlp';
import { type Engine, transact } from '../engines/engine.ts';
import { codeOf, isDataError, messageOf } from '../errors.ts';
import { Partitions } from '../schema/partitions.ts';
import type { WriteResult } from '../store.ts';
import { batchOf, type DatedRow, encodeMarks, encodeRows } from './batch.ts';
import { ADD_MARKS, UPSERT_SPANS } from './columns.ts';

/** Rows of one statement: larger ones gain nothing and hold more memory on both sides. */
const ROWS_PER_STATEMENT = 1_000;
/** What PostgreSQL answers, among other things, to a row for which there is no partition. */
const CHECK_VIOLATION = '23514';

/** Puts spans into the store, and marks their traces for the roll-up in the same transaction. */
export class Writer {
  readonly #engine: Engine;
  readonly #partitions: Partitions;

  constructor(engine: Engine) {
    this.#engine = engine;
    this.#partitions = new Partitions(engine);
  }

  /** Resolves once every storable row is committed. */
  async write(projectId: string, rows: readonly SpanRow[]): Promise<WriteResult> {
    const batch = batchOf(rows);
    const poison = await this.#store(projectId, batch.rows);
    return { stored: batch.rows.length - poison.length, rejected: [...batch.rejected, ...poison] };
  }

  /** Commits `rows`, by halves where one of them is refused, and returns those that can never be stored. */
  async #store(projectId: string, rows: DatedRow[]): Promise<RejectedSpan[]> {
    if (rows.length === 0) return [];
    try {
      await this.#commit(projectId, rows);
      return [];
    } catch (error) {
      if (!isDataError(error)) throw error;
      const [first] = rows;
      if (first && rows.length === 1) return [refusal(first, error)];
      const middle = rows.length >> 1;
      return [
        ...(await this.#store(projectId, rows.slice(0, middle))),
        ...(await this.#store(projectId, rows.slice(middle))),
      ];
    }
  }

  async #commit(projectId: string, rows: DatedRow[]): Promise<void> {
    const days = new Set(rows.map((row) => row.day));
    await this.#partitions.ensure(days);
    try {
      await this.#insert(projectId, rows);
    } catch (error) {
      if (codeOf(error) !== CHECK_VIOLATION) throw error;
      // Somebody dropped a partition this process remembers.
      this.#partitions.forget();
      await this.#partitions.ensure(days);
      await this.#insert(projectId, rows);
    }
  }

  #insert(projectId: string, rows: DatedRow[]): Promise<void> {
    return transact(this.#engine, async (tx) => {
      for (let start = 0; start < rows.length; start += ROWS_PER_STATEMENT) {
        const chunk = rows.slice(start, start + ROWS_PER_STATEMENT);
        await tx.query(UPSERT_SPANS, [projectId, encodeRows(chunk)]);
      }
      await tx.query(ADD_MARKS, [projectId, encodeMarks(rows)]);
    });
  }
}

function refusal(row: DatedRow, error: unknown): RejectedSpan {
  return {
    trace_id: row.trace_id,
    span_id: row.span_id,
    reason: `the database refused the span: ${messageOf(error)}`,
  };
}
