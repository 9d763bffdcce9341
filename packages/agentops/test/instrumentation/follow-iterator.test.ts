import { setImmediate as turn } from 'node:timers/promises';
import { shutdown, tool } from 'agentops';
import { afterEach, describe, expect, it } from 'vitest';
import { idOf, parentOf, startRecording } from '../support/recording.ts';
import { ended, resultOf } from './support/work.ts';

afterEach(() => shutdown());

describe('work that goes on in a generator (S6)', () => {
  it('ends with the last item of a generator, which works inside the span', async () => {
    const recording = startRecording();
    const items = tool('work', function* () {
      tool('inner', () => {});
      const answer: string = yield 'a';
      yield answer;
      return 'end';
    });
    expect(items.next()).toEqual({ value: 'a', done: false });
    expect(items.next('b')).toEqual({ value: 'b', done: false });
    expect(await ended(recording)).toBeUndefined();
    expect(items.next()).toEqual({ value: 'end', done: true });

    expect(await resultOf(recording)).toBe('"ab"');
    const work = await recording.span('execute_tool work');
    expect(parentOf(await recording.span('execute_tool inner'))).toBe(idOf(work));
  });

  it('ends with the last item of an async generator, which works inside the span', async () => {
    const recording = startRecording();
    const items = tool('work', async function* () {
      yield { n: 1 };
      await turn();
      tool('inner', () => {});
      yield { n: 2 };
    });
    const seen: unknown[] = [];
    for await (const item of items) seen.push(item);

    expect(seen).toEqual([{ n: 1 }, { n: 2 }]);
    expect(await resultOf(recording)).toBe('[{"n":1},{"n":2}]');
    const work = await recording.span('execute_tool work');
    expect(parentOf(await recording.span('execute_tool inner'))).toBe(idOf(work));
  });

  it('ends where its consumer breaks off, and its clean-up runs', async () => {
    const recording = startRecording();
    let cleaned = 0;
    const endless = tool.wrap('work', async function* () {
      try {
        for (;;) yield 'x';
      } finally {
        cleaned += 1;
      }
    });
    for await (const item of endless()) {
      expect(item).toBe('x');
      break;
    }

    expect(cleaned).toBe(1);
    const span = await ended(recording);
    expect(span?.status.code).toBe(0);
    expect(span?.attributes['gen_ai.tool.call.result']).toBe('"x"');
  });

  it('fails with a generator that throws', async () => {
    const recording = startRecording();
    const error = new Error('ran dry');
    const items = tool('work', async function* () {
      yield 1;
      throw error;
    });

    await expect(Array.fromAsync(items)).rejects.toBe(error);
    expect((await ended(recording))?.status.message).toBe('ran dry');
  });

  it('ends with an iterable object that makes its iterator when asked', async () => {
    const recording = startRecording();
    const source = {
      id: 7,
      async *[Symbol.asyncIterator]() {
        yield 'a';
        yield 'b';
      },
    };
    const result = tool('work', () => source);
    expect(result).toBe(source);
    expect(await ended(recording)).toBeUndefined();
    expect(await Array.fromAsync(result)).toEqual(['a', 'b']);
    expect(await Array.fromAsync(result)).toEqual(['a', 'b']);

    expect(await resultOf(recording)).toBe('"ab"');
  });

  it('keeps at most a thousand items of a long stream', async () => {
    const recording = startRecording();
    const items = tool('work', function* () {
      for (let n = 0; n < 5000; n += 1) yield n;
    });
    expect([...items]).toHaveLength(5000);

    expect(JSON.parse(String(await resultOf(recording)))).toHaveLength(1000);
  });
});

describe('iterators of other kinds (S6)', () => {
  it('lets a cursor work on whose `next` gives documents and null', async () => {
    const recording = startRecording();
    class Cursor {
      readonly #documents = [{ a: 1 }, { a: 2 }];

      async next(): Promise<{ a: number } | null> {
        return this.#documents.shift() ?? null;
      }

      async *[Symbol.asyncIterator](): AsyncGenerator<{ a: number }> {
        for (let found = await this.next(); found !== null; found = await this.next()) yield found;
      }
    }
    const cursor = tool('work', () => new Cursor());
    expect(await cursor.next()).toEqual({ a: 1 });
    expect(await ended(recording)).toBeDefined();
    expect(await Array.fromAsync(cursor)).toEqual([{ a: 2 }]);
    expect(await cursor.next()).toBeNull();
    expect(recording.errors).toEqual([]);
  });

  it('takes a step without `done` for one that goes on', async () => {
    const recording = startRecording();
    const steps = [{ value: 'a' }, { value: 'b' }, { done: true, value: undefined }];
    const items = tool('work', () => ({
      next: () => steps.shift(),
      [Symbol.iterator]() {
        return this as unknown as Iterator<string>;
      },
    }));
    expect([...items]).toEqual(['a', 'b']);

    expect(await resultOf(recording)).toBe('"ab"');
  });

  it('takes a step that cannot be looked at for the end', async () => {
    const recording = startRecording();
    const step = {
      get done(): boolean {
        throw new Error('private');
      },
    };
    const items = tool('work', () => ({ next: () => step, [Symbol.iterator]: () => [].values() }));
    expect(items.next()).toBe(step);

    expect((await ended(recording))?.status.code).toBe(0);
  });
});
