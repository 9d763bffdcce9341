import { once } from 'node:events';
import { Readable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { agent, shutdown, startSession, tool } from 'agentops';
import { afterEach, describe, expect, it } from 'vitest';
import { idOf, parentOf, type Recording, startRecording } from '../support/recording.ts';

afterEach(() => shutdown());

/** The span of the tool `work`; undefined while it runs. */
async function ended(recording: Recording) {
  return (await recording.spans()).find((span) => span.name === 'execute_tool work');
}

async function resultOf(recording: Recording): Promise<unknown> {
  return (await ended(recording))?.attributes['gen_ai.tool.call.result'];
}

describe('work that goes on after its function has returned (S6)', () => {
  it('ends with its promise', async () => {
    const recording = startRecording();
    const { promise, resolve } = Promise.withResolvers<string>();
    const result = tool('work', () => promise);
    expect(await ended(recording)).toBeUndefined();

    resolve('done');
    expect(await result).toBe('done');
    expect(await resultOf(recording)).toBe('"done"');
  });

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

  it('ends with a web stream that is read, cancelled or broken', async () => {
    const recording = startRecording();
    const read = tool('work', () => ReadableStream.from(['a', 'b']));
    expect(await Array.fromAsync(read)).toEqual(['a', 'b']);
    expect(await resultOf(recording)).toBe('"ab"');

    const reasons: unknown[] = [];
    const cancelled = tool(
      'cancelled',
      () => new ReadableStream({ cancel: (reason) => void reasons.push(reason) }),
    );
    await cancelled.cancel('enough');
    expect(reasons).toEqual(['enough']);
    expect((await recording.span('execute_tool cancelled')).status.code).toBe(0);

    const error = new Error('cut off');
    const broken = tool(
      'broken',
      () => new ReadableStream({ start: (controller) => controller.error(error) }),
    );
    await expect(Array.fromAsync(broken)).rejects.toBe(error);
    expect((await recording.span('execute_tool broken')).status.message).toBe('cut off');
  });

  it('ends with a Node stream, which stays the same object', async () => {
    const recording = startRecording();
    const source = Readable.from(['a', 'b']);
    const result = tool('work', () => source);
    expect(result).toBe(source);
    expect(await Array.fromAsync(result)).toEqual(['a', 'b']);
    expect((await ended(recording))?.status.code).toBe(0);

    const broken = tool('broken', () => new Readable({ read() {} }));
    const failed = once(broken, 'error');
    broken.destroy(new Error('cut off'));
    await failed;
    expect((await recording.span('execute_tool broken')).status.message).toBe('cut off');
  });

  it('ends at once with a Node stream that was closed before', async () => {
    const recording = startRecording();
    const source = new Readable({ read() {} });
    source.destroy();
    await once(source, 'close');
    tool('work', () => source);

    expect(await ended(recording)).toBeDefined();
  });

  it('asks a lazy promise only when its owner does', async () => {
    const recording = startRecording();
    let asked = 0;
    const query = {
      // biome-ignore lint/suspicious/noThenProperty: a query builder is what this is about
      then<R>(onFulfilled: (rows: string[]) => R) {
        asked += 1;
        return Promise.resolve(['row']).then(onFulfilled);
      },
    };
    const result = tool('work', () => query);
    await turn();
    expect(result).toBe(query);
    expect([asked, await ended(recording)]).toEqual([0, undefined]);

    expect(await result).toEqual(['row']);
    expect(asked).toBe(1);
    expect(await resultOf(recording)).toBe('["row"]');
  });

  it('keeps a subclass of Promise with its own methods', async () => {
    const recording = startRecording();
    class Request extends Promise<string> {
      abort(): string {
        return 'aborted';
      }
    }
    const request = tool('work', () => new Request((resolve) => resolve('answer')));
    expect(request).toBeInstanceOf(Request);
    expect(request.abort()).toBe('aborted');
    expect(await request.finally(() => {})).toBe('answer');

    expect(await resultOf(recording)).toBe('"answer"');
  });

  it('fails with a subclass of Promise that is rejected', async () => {
    const recording = startRecording();
    class Request extends Promise<string> {}
    const error = new Error('refused');
    const request = tool('work', () => new Request((_, reject) => reject(error)));

    await expect(request.catch((caught: unknown) => caught)).resolves.toBe(error);
    expect((await ended(recording))?.status.message).toBe('refused');
  });

  it('follows the stream that a promise of any kind gives', async () => {
    const recording = startRecording();
    class Request<T> extends Promise<T> {}
    const stream = ReadableStream.from(['a', 'b']);
    const request = tool('work', () => new Request<ReadableStream<string>>((resolve) => resolve(stream)));
    const [first, again] = [await request, await request];
    expect(again).toBe(first);
    expect(await ended(recording)).toBeUndefined();

    expect(await Array.fromAsync(first)).toEqual(['a', 'b']);
    expect(await resultOf(recording)).toBe('"ab"');
  });

  it.each([
    ['an array', [1, 2]],
    ['a map', new Map([['a', 1]])],
    ['a frozen object', Object.freeze({ a: 1 })],
    ['null', null],
  ])('takes %s for a value', async (_kind, value) => {
    const recording = startRecording();
    expect(tool('work', () => value)).toBe(value);

    expect(await ended(recording)).toBeDefined();
  });

  it('keeps at most a thousand items of a long stream', async () => {
    const recording = startRecording();
    const items = tool('work', function* () {
      for (let n = 0; n < 5000; n += 1) yield n;
    });
    expect([...items]).toHaveLength(5000);

    expect(JSON.parse(String(await resultOf(recording)))).toHaveLength(1000);
  });

  it('ends an agent and a session with the stream they return', async () => {
    const recording = startRecording();
    const run = startSession();
    const stream = run.run(() =>
      agent('writer', async function* () {
        yield 'a';
      }),
    );
    const names = async () => (await recording.spans()).map((span) => span.name);
    expect(await names()).toEqual([]);
    for await (const _ of stream);
    expect(await names()).toEqual(['invoke_agent writer']);
  });
});

describe('results that resist being watched (S6)', () => {
  it('ends with a bare thenable whose `then` returns nothing', async () => {
    const recording = startRecording();
    const result = tool('work', () => ({
      // biome-ignore lint/suspicious/noThenProperty: a bare thenable is what this is about
      then: (onFulfilled: (value: number) => void): void => onFulfilled(42),
    }));
    expect(await result).toBe(42);

    expect(await resultOf(recording)).toBe('42');
  });

  it('fails with a thenable whose `then` throws', async () => {
    const recording = startRecording();
    const error = new Error('not connected');
    const result = tool('work', () => ({
      // biome-ignore lint/suspicious/noThenProperty: a query builder is what this is about
      then(_onFulfilled: (value: never) => void): void {
        throw error;
      },
    }));
    await expect((async () => await result)()).rejects.toBe(error);

    expect((await ended(recording))?.status.message).toBe('not connected');
  });

  it('gives each answer of a query that is asked again', async () => {
    const recording = startRecording();
    let asked = 0;
    const query = tool('work', () => ({
      // biome-ignore lint/suspicious/noThenProperty: a query builder is what this is about
      then<R>(onFulfilled: (rows: string[]) => R) {
        asked += 1;
        return Promise.resolve([`row ${asked}`]).then(onFulfilled);
      },
    }));
    expect([await query, await query]).toEqual([['row 1'], ['row 2']]);

    expect(await resultOf(recording)).toBe('["row 1"]');
  });

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

  it.each<[string, object]>([
    ['a promise', Object.defineProperty({}, 'then', { value: (ask: (n: number) => void) => ask(1) })],
    [
      'an iterator',
      Object.defineProperty({ [Symbol.iterator]: () => [].values() }, 'next', {
        value: () => ({ done: true, value: 1 }),
      }),
    ],
    ['an iterable', Object.defineProperty({}, Symbol.asyncIterator, { value: () => [].values() })],
  ])('ends at once with %s whose methods are fixed', async (_kind, fixed) => {
    const recording = startRecording();
    expect(
      Object.is(
        tool('work', () => fixed),
        fixed,
      ),
    ).toBe(true);

    expect(await ended(recording)).toBeDefined();
    expect(recording.errors).toEqual([]);
  });

  it.each<[string, ProxyHandler<object>]>([
    [
      'asked for a member',
      {
        has: () => {
          throw new Error('private');
        },
      },
    ],
    [
      'read',
      {
        has: () => true,
        get: () => {
          throw new Error('private');
        },
      },
    ],
    [
      'changed',
      {
        has: () => true,
        get: () => () => {},
        defineProperty: () => {
          throw new Error('private');
        },
      },
    ],
  ])('ends at once with a proxy that throws when it is %s', async (_when, handler) => {
    const recording = startRecording();
    const strict = new Proxy({}, handler);
    expect(
      Object.is(
        tool('work', () => strict),
        strict,
      ),
    ).toBe(true);

    expect(await ended(recording)).toBeDefined();
  });

  it('passes on a strict proxy that a promise gives', async () => {
    const recording = startRecording();
    const strict = new Proxy(
      { answer: 42 },
      {
        has(target, member) {
          if (member in target) return true;
          throw new Error(`no ${String(member)}`);
        },
      },
    );
    expect((await tool('work', async () => strict)).answer).toBe(42);

    expect(await ended(recording)).toBeDefined();
  });
});

describe('byte streams (S6)', () => {
  /** Serves only consumers that bring a buffer of their own. */
  const bufferFiller = (chunks: number[][]): ReadableStream =>
    new ReadableStream({
      type: 'bytes',
      pull(controller) {
        const request = controller.byobRequest as ReadableStreamBYOBRequest;
        const chunk = chunks.shift() ?? [];
        if (chunk.length === 0) controller.close();
        else (request.view as Uint8Array).set(chunk);
        request.respond(chunk.length);
      },
    });

  it('fill the buffers that their consumer brings', async () => {
    const recording = startRecording();
    const reader = tool('work', () => bufferFiller([[1, 2, 3], [4]])).getReader({ mode: 'byob' });
    const seen: unknown[] = [];
    for (;;) {
      const { done, value } = await reader.read(new Uint8Array(8));
      if (done) break;
      seen.push([...value]);
    }

    expect(seen).toEqual([[1, 2, 3], [4]]);
    expect(await resultOf(recording)).toBe('"[ReadableStream of 4 bytes]"');
  });

  it('give their chunks to a consumer that brings none, also in turns', async () => {
    const recording = startRecording();
    const source = new ReadableStream({
      type: 'bytes',
      start(controller) {
        for (const byte of [1, 2, 3]) controller.enqueue(new Uint8Array([byte, byte]));
        controller.close();
      },
    });
    const stream = tool('work', () => source);
    const own = stream.getReader({ mode: 'byob' });
    expect((await own.read(new Uint8Array(2))).value).toEqual(new Uint8Array([1, 1]));
    own.releaseLock();
    expect(await Array.fromAsync(stream)).toEqual([new Uint8Array([2, 2]), new Uint8Array([3, 3])]);

    expect(await resultOf(recording)).toBe('"[ReadableStream of 6 bytes]"');
  });

  it('are cancelled and fail with their consumer and source', async () => {
    const recording = startRecording();
    const reasons: unknown[] = [];
    const cancelled = tool(
      'cancelled',
      () => new ReadableStream({ type: 'bytes', cancel: (reason) => void reasons.push(reason) }),
    );
    const reader = cancelled.getReader({ mode: 'byob' });
    const waiting = reader.read(new Uint8Array(1));
    await reader.cancel('enough');
    expect(reasons).toEqual(['enough']);
    expect((await waiting).done).toBe(true);
    expect((await recording.span('execute_tool cancelled')).status.code).toBe(0);

    const error = new Error('cut off');
    const broken = tool(
      'broken',
      () => new ReadableStream({ type: 'bytes', start: (controller) => controller.error(error) }),
    );
    await expect(Array.fromAsync(broken)).rejects.toBe(error);
    expect((await recording.span('execute_tool broken')).status.message).toBe('cut off');
  });
});
