import { decodeTraces, type SpanRow } from '@agentops/otlp';
import { type SpanStore, StoreError, type WriteResult } from '@agentops/postgres';
import { describe, expect, it } from 'vitest';
import { groupCommit } from '../../src/ingest/group-commit.ts';
import { encodeTraces, recordSpans } from '../support/traces.ts';

interface AskedWrite {
  project: string;
  rows: readonly SpanRow[];
  commit(rejected?: WriteResult['rejected']): void;
  fail(error: Error): void;
}

/** A store that is told by the test what becomes of each write. */
class WritesByHand {
  readonly #asked: PromiseWithResolvers<AskedWrite>[] = [];
  count = 0;

  readonly write: SpanStore['write'] = (project, rows) => {
    const { promise, resolve, reject } = Promise.withResolvers<WriteResult>();
    const commit: AskedWrite['commit'] = (rejected = []) =>
      resolve({ stored: rows.length - rejected.length, rejected });
    this.#slot(this.count).resolve({ project, rows, commit, fail: reject });
    this.count += 1;
    return promise;
  };

  /** The write asked for as the `index`-th, from 0, once it has been. */
  nth(index: number): Promise<AskedWrite> {
    return this.#slot(index).promise;
  }

  #slot(index: number): PromiseWithResolvers<AskedWrite> {
    this.#asked[index] ??= Promise.withResolvers();
    return this.#asked[index];
  }
}

const rows = (count: number) => decodeTraces(encodeTraces(recordSpans(count)), 'application/x-protobuf').rows;
const rejection = ({ trace_id, span_id }: SpanRow) => ({ trace_id, span_id, reason: 'poison' });

/** Writes that were asked for while as many as may were running, and the first of which has just been committed. */
async function groupOf(...requests: SpanRow[][]) {
  const store = new WritesByHand();
  const write = groupCommit(store);
  void write('acme', rows(1));
  void write('acme', rows(1));
  const answers = requests.map((request) => write('acme', request));
  expect(store.count).toBe(2);
  (await store.nth(0)).commit();
  return { store, answers: Promise.allSettled(answers), group: await store.nth(2) };
}

describe('group commit (D3)', () => {
  it('writes together what arrives while writes are running, and answers each with its own part', async () => {
    const [a, b] = [rows(2), rows(1)];
    const { group, answers } = await groupOf(a, b);
    expect(group.rows).toEqual([...a, ...b]);
    group.commit([rejection(a[1]!)]);
    expect(await answers).toEqual([
      { status: 'fulfilled', value: { stored: 1, rejected: [rejection(a[1]!)] } },
      { status: 'fulfilled', value: { stored: 1, rejected: [] } },
    ]);
  });

  it('leaves requests for the next write when they are many', async () => {
    const { group, store } = await groupOf(rows(600), rows(600));
    expect(group.rows).toHaveLength(600);
    group.commit();
    expect((await store.nth(3)).rows).toHaveLength(600);
  });

  it('never joins two projects', async () => {
    const store = new WritesByHand();
    const write = groupCommit(store);
    for (const project of ['acme', 'acme', 'acme', 'umbrella']) void write(project, rows(1));
    expect((await store.nth(2)).project).toBe('umbrella');
  });

  it('writes each request alone after one of them broke the write they shared', async () => {
    const { group, store, answers } = await groupOf(rows(1), rows(1));
    const broken = new StoreError('internal', 'broken');
    group.fail(broken);
    (await store.nth(3)).fail(broken);
    (await store.nth(4)).commit();
    expect(await answers).toEqual([
      { status: 'rejected', reason: broken },
      { status: 'fulfilled', value: { stored: 1, rejected: [] } },
    ]);
  });

  it('fails together while the database is away', async () => {
    const { group, answers } = await groupOf(rows(1), rows(1));
    const away = new StoreError('unavailable', 'away');
    group.fail(away);
    const failed = { status: 'rejected', reason: away };
    expect(await answers).toEqual([failed, failed]);
  });
});
