import type { SpanRow } from '@agentops/otlp';
import { openStore, type SpanStore } from '@agentops/postgres';
import { describe, expect, it } from 'vitest';
import { anLlmSpan, aSessionSpan, aSpan, NOON, ns, sessionIdOf } from '../spans.ts';
import { NEVER, type NewDatabase } from '../store-suite.ts';
import { SPANS_OF_OLD, schemaOf, TRACE } from './migrations.ts';

/** Everything that is awkward to carry: large numbers, exact ones, text that looks like something else, an unfinished span. */
function awkwardSpans(): SpanRow[] {
  const root = aSessionSpan({ end_time: null, user_id: 'ada' });
  const call = anLlmSpan(root, {
    session_id: root.session_id,
    start_time: ns(NOON) + 123_456_789n,
    cost: 0.000_000_123,
    input_tokens: Number.MAX_SAFE_INTEGER,
    operation_name: 'line\nbreak \u2028 "quoted" \\ {"day":"1999-01-01"} é 🙂',
    attributes: {
      nested: { list: [1, 'two', null, true] },
      large: 1.5e300,
      day: '1999-01-01',
    },
    types: { attributes: { large: 'double' } },
    events: [{ name: 'said', time: String(ns(NOON)), attributes: { text: 'x\ty' } }],
  });
  return [root, call];
}

/** The dump of a store, as lines. */
async function dumpOf(store: SpanStore): Promise<string[]> {
  let text = '';
  await store.maintenance.dump(async (piece) => {
    text += piece;
  });
  return text.trimEnd().split('\n');
}

async function* feed(lines: readonly string[]): AsyncGenerator<string> {
  yield* lines;
}

export function dumpsSuite(newDatabase: NewDatabase): void {
  // Every test starts two databases, embedded ones in their turn.
  describe('D2: dump and restore', { timeout: 120_000 }, () => {
    const open = async () => openStore({ engine: (await newDatabase())(), rollupInterval: NEVER });

    it('make the same store again: spans, keys, what was rejected, and the totals of all', async () => {
      const [from, to] = [await open(), await open()];
      const spans = awkwardSpans();
      const many = Array.from({ length: 1_500 }, () => aSpan());
      await from.write('p', [...spans, ...many, aSpan({ operation_name: 'NUL \0' })]);
      const { secret } = await from.keys.create('p', 'laptop');
      const revoked = await from.keys.create('p', 'lost');
      await from.keys.revoke(revoked.key.id);

      const lines = await dumpOf(from);
      expect(await to.maintenance.restore(feed(lines))).toEqual({
        spans: 1_502,
        rejected_spans: 1,
        api_keys: 2,
      });
      expect(await dumpOf(to)).toEqual(lines);
      expect(await to.keys.projectOf(secret)).toBe('p');
      expect(await to.keys.projectOf(revoked.secret)).toBeUndefined();
      const id = spans[0]?.session_id ?? '';
      expect(await to.session('p', id)).toEqual(await from.session('p', id));
      expect(await to.span('p', id, spans[1]?.span_id ?? '')).toEqual(
        await from.span('p', id, spans[1]?.span_id ?? ''),
      );
      await from.settle();
      expect((await to.sessions('p', {})).total).toBe((await from.sessions('p', {})).total);

      // A store with data is only added to when that was asked for, and then nothing is there twice.
      await expect(to.maintenance.restore(feed(lines))).rejects.toMatchObject({ code: 'not_empty' });
      await to.write('p', [aSpan()]);
      await to.maintenance.restore(feed(lines), { force: true });
      expect((await dumpOf(to)).length).toBe(lines.length + 1);
      await from.close();
      await to.close();
    });

    it('do not take a database without a store for one', async () => {
      const store = await openStore({ engine: (await newDatabase('empty'))(), migrate: false });
      await expect(dumpOf(store)).rejects.toThrow('no store in this database');
      await store.close();
    });

    it('bring what an older version has dumped to this one', async () => {
      const old = (await newDatabase('empty'))();
      await old.exec(await schemaOf(3));
      await old.exec(SPANS_OF_OLD);
      const from = await openStore({ engine: old, migrate: false });
      const lines = await dumpOf(from);
      expect(lines[0]).toBe('{"agentops_dump":1,"schema":3}');
      const to = await open();
      await to.maintenance.restore(feed(lines));
      expect((await to.session('p', sessionIdOf(TRACE)))?.counts.spans).toBe(500);
      await from.close();
      await to.close();
    });

    it('refuse what is no dump, damaged, cut short, or of a newer release', async () => {
      const store = await open();
      await store.write('p', [aSpan(), aSpan()]);
      const lines = await dumpOf(store);
      const refusal = async (damaged: readonly string[]) =>
        store.maintenance.restore(feed(damaged), { force: true }).catch((error: unknown) => error);
      expect(await refusal([])).toMatchObject({
        code: 'invalid_dump',
        message: expect.stringContaining('it is empty'),
      });
      expect(await refusal(['hello'])).toMatchObject({
        code: 'invalid_dump',
        message: expect.stringContaining('no dump of this program'),
      });
      expect(await refusal(lines.with(1, lines[1]?.slice(0, 50) ?? ''))).toMatchObject({
        code: 'invalid_dump',
        message: expect.stringContaining('line 2 is damaged'),
      });
      expect(await refusal(lines.slice(0, -1))).toMatchObject({
        code: 'invalid_dump',
        message: expect.stringContaining('ends too early'),
      });
      expect(await refusal(lines.toSpliced(1, 1))).toMatchObject({
        code: 'invalid_dump',
        message: expect.stringContaining('are missing'),
      });
      expect(await refusal(['{"agentops_dump":1,"schema":9000}'])).toMatchObject({ code: 'newer_schema' });
      await store.close();
    });
  });
}
