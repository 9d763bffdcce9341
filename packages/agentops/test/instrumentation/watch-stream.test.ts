import { describe, expect, it } from 'vitest';
import type { IteratorObserver } from '../../src/instrumentation/watch-iterator.ts';
import { watchStream } from '../../src/instrumentation/watch-stream.ts';
import { collectGarbage } from '../support/collect-garbage.ts';

/** Writes down what it is told. */
class Witness implements IteratorObserver {
  readonly told: unknown[] = [];
  item = (value: unknown): void => void this.told.push(value);
  done = (): void => void this.told.push('done');
  closed = (): void => void this.told.push('closed');
  failed = (error: unknown): void => void this.told.push(['failed', error]);
}

/** A stream as the providers' clients make them: its iterator ends in peace when its owner aborts. */
class NumberStream implements AsyncIterable<number> {
  readonly controller: AbortController;

  constructor(controller = new AbortController()) {
    this.controller = controller;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<number> {
    for (const number of [1, 2, 3]) {
      if (this.controller.signal.aborted) return;
      yield number;
    }
  }
}

describe('watching a stream (P6)', () => {
  it('sees what its reader sees', async () => {
    const witness = new Witness();
    const stream = new NumberStream();

    expect(watchStream(stream, witness)).toBe(true);
    expect(await Array.fromAsync(stream)).toEqual([1, 2, 3]);
    expect(witness.told).toEqual([1, 2, 3, 'done']);
  });

  it('counts one that its owner aborts as closed, though it ends in peace', async () => {
    const witness = new Witness();
    const stream = new NumberStream();
    watchStream(stream, witness);
    for await (const _number of stream) stream.controller.abort();

    expect(witness.told).toEqual([1, 'closed']);
  });

  it('counts one that is aborted before anybody reads it as closed', () => {
    const witness = new Witness();
    const stream = new NumberStream();
    watchStream(stream, witness);
    stream.controller.abort();

    expect(witness.told).toEqual(['closed']);
  });

  it('sees the first reading only', async () => {
    const witness = new Witness();
    const stream = new NumberStream();
    watchStream(stream, witness);
    await Array.fromAsync(stream);
    await Array.fromAsync(stream);

    expect(witness.told).toEqual([1, 2, 3, 'done']);
  });

  it.each([
    ['nothing', undefined],
    ['a text', 'text'],
    ['an object without an iterator', {}],
    ['a frozen stream', Object.freeze(new NumberStream())],
  ])('says that %s cannot be watched', (_what, value) => {
    expect(watchStream(value, new Witness())).toBe(false);
  });

  it('counts one whose iterator is frozen as closed, and gives it', async () => {
    const witness = new Witness();
    const iterator = Object.freeze({ next: async () => ({ done: true, value: undefined }) });
    const stream = { [Symbol.asyncIterator]: () => iterator };
    watchStream(stream, witness);

    expect(stream[Symbol.asyncIterator]()).toBe(iterator);
    expect(witness.told).toEqual(['closed']);
  });

  it('says that one whose iterator is fixed cannot be watched', () => {
    const stream = Object.defineProperty({}, Symbol.asyncIterator, { value: () => [].values() });

    expect(watchStream(stream, new Witness())).toBe(false);
  });

  it('forgets who watched one that has ended, though its reader keeps it', async () => {
    const stream = new NumberStream();
    const witness = await readWatched(stream);
    await collectGarbage();

    expect(witness.deref()).toBeUndefined();
    expect(stream.controller.signal.aborted).toBe(false);
  });

  it('does not keep one alive that was abandoned unread', async () => {
    const controller = new AbortController();
    const abandoned = abandon(controller);
    await collectGarbage();

    expect(abandoned.deref()).toBeUndefined();
    expect(controller.signal.aborted).toBe(false);
  });
});

/** A function of its own, so that no variable holds the witness. */
async function readWatched(stream: NumberStream): Promise<WeakRef<Witness>> {
  const witness = new Witness();
  watchStream(stream, witness);
  await Array.fromAsync(stream);
  return new WeakRef(witness);
}

/** A function of its own, so that no variable holds the stream. */
function abandon(controller: AbortController): WeakRef<NumberStream> {
  const stream = new NumberStream(controller);
  watchStream(stream, new Witness());
  return new WeakRef(stream);
}
