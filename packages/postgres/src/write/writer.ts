import type { UnstorableSpan } from '@agentops/otlp';
import { againstConflicts, type Engine, type Load, transact } from '../engines/engine.ts';
import { codeOf, isDataError, messageOf } from '../errors.ts';
import { Partitions } from '../schema/partitions.ts';
import type { WriteResult } from '../store.ts';
import { type AcceptedDays, rangeAt } from './accepted-days.ts';
import { batchOf, daysOf, encodeMarks, type Refused } from './batch.ts';
import { ADD_MARKS, copyIncoming, copySpans, MAKE_INCOMING, SET_ASIDE, UPSERT_SPANS } from './columns.ts';
import { copyBinary, shapeOf } from './copy-binary.ts';
import { CopyOdds } from './copy-odds.ts';
import type { Incoming } from './incoming.ts';
import { encodeUnstorable, rejectionOf, unstorableOf } from './refused.ts';

/** What PostgreSQL answers, among other things, to a row for which there is no partition. */
const CHECK_VIOLATION = '23514';
const UNIQUE_VIOLATION = '23505';
/** What Citus makes of anything that a worker answers to COPY; of the upsert it says what it was. */
const UNTOLD = 'XX000';

/** Puts spans into the store, and marks their traces for the roll-up in the same transaction. */
export class Writer {
  readonly #engine: Engine;
  readonly #partitions: Partitions;
  readonly #accepted: AcceptedDays | undefined;
  readonly #odds = new CopyOdds();

  /** @param accepted Which days may be stored; any where it is left out. */
  constructor(engine: Engine, accepted?: AcceptedDays) {
    this.#engine = engine;
    this.#accepted = accepted;
    this.#partitions = new Partitions(engine);
  }

  /** Resolves once every storable row is committed, and every other one is set aside. */
  async write(projectId: string, rows: readonly Incoming[], signal?: AbortSignal): Promise<WriteResult> {
    const batch = batchOf(rows, this.#accepted && rangeAt(Date.now(), this.#accepted));
    const poison = await this.#store({ projectId, signal }, batch.rows);
    const refused = [...batch.refused, ...poison];
    await this.setAside(projectId, refused.map(unstorableOf));
    return { stored: batch.rows.length - poison.length, rejected: refused.map(rejectionOf) };
  }

  /** Keeps spans that can never be stored, for whoever wants to know what they were. */
  async setAside(projectId: string, spans: readonly UnstorableSpan[]): Promise<void> {
    if (spans.length > 0) await this.#engine.query(SET_ASIDE, [projectId, encodeUnstorable(spans)]);
  }

  /** Commits `rows`, by halves where one of them is refused, and returns those that can never be stored. */
  async #store(write: Write, rows: Incoming[]): Promise<Refused[]> {
    if (rows.length === 0) return [];
    try {
      await this.#commit(write, rows);
      return [];
    } catch (error) {
      if (!isDataError(error)) throw error;
      const [first] = rows;
      if (first && rows.length === 1) {
        return [{ row: first, reason: `the database refused the span: ${messageOf(error)}` }];
      }
      const middle = rows.length >> 1;
      return [
        ...(await this.#store(write, rows.slice(0, middle))),
        ...(await this.#store(write, rows.slice(middle))),
      ];
    }
  }

  async #commit(write: Write, rows: Incoming[]): Promise<void> {
    const days = daysOf(rows);
    await this.#partitions.ensure(days);
    try {
      await this.#insert(write, rows);
    } catch (error) {
      if (codeOf(error) !== CHECK_VIOLATION) throw error;
      // Somebody dropped a partition this process remembers.
      this.#partitions.forget();
      await this.#partitions.ensure(days);
      await this.#insert(write, rows);
    }
  }

  async #insert(write: Write, rows: Incoming[]): Promise<void> {
    if (this.#odds.favour(rows)) {
      try {
        await this.#copy(write, rows);
        this.#odds.learn(true);
        return;
      } catch (error) {
        const code = codeOf(error);
        if (code !== UNIQUE_VIOLATION && code !== UNTOLD) throw error;
        this.#odds.learn(false);
      }
    }
    await this.#upsert(write, rows);
  }

  #copy({ projectId, signal }: Write, rows: Incoming[]): Promise<void> {
    const shape = shapeOf(rows);
    const load: Load = {
      sql: copySpans(shape),
      chunks: () => copyBinary(projectId, rows, shape),
      after: { text: ADD_MARKS, params: [projectId, encodeMarks(rows)] },
    };
    return againstConflicts(() => this.#engine.load(load, signal), signal);
  }

  #upsert({ projectId, signal }: Write, rows: Incoming[]): Promise<void> {
    return transact(
      this.#engine,
      async (tx) => {
        await tx.exec(MAKE_INCOMING);
        const shape = shapeOf(rows);
        await tx.copy(copyIncoming(shape), copyBinary(projectId, rows, shape));
        await tx.exec(UPSERT_SPANS);
        await tx.query(ADD_MARKS, [projectId, encodeMarks(rows)]);
      },
      signal,
    );
  }
}

interface Write {
  projectId: string;
  signal: AbortSignal | undefined;
}
