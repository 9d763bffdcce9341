import { setImmediate as turn } from 'node:timers/promises';
import { agent, shutdown, startSession, tool } from 'agentops';
import { afterEach, describe, expect, it } from 'vitest';
import { startRecording } from '../support/recording.ts';
import { ended, resultOf } from './support/work.ts';

afterEach(() => shutdown());

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
    const result = tool('work', () => fixed);
    expect(Object.is(result, fixed)).toBe(true);

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
    const result = tool('work', () => strict);
    expect(Object.is(result, strict)).toBe(true);

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
