import { errorMonitor } from 'node:events';
import { Readable } from 'node:stream';
import { type Context, context } from '@opentelemetry/api';
import { type AnyIterator, replaceMember, watchIterator } from './watch-iterator.ts';

/** Told how a piece of work ended. The first call counts; a promise that is asked twice tells it twice. */
export interface Outcome {
  succeed(output?: unknown): void;
  fail(error: unknown): void;
}

type Then = (
  onFulfilled?: ((value: unknown) => unknown) | null,
  onRejected?: ((error: unknown) => unknown) | null,
) => unknown;

type ByteStream = ReadableStream<Uint8Array<ArrayBuffer>>;

/** Items of a stream that are kept as its output. */
const MAX_KEPT_ITEMS = 1000;

/**
 * Runs `work` in `within` and tells `outcome` when it has really ended: at once for a plain value or a throw, when it
 * settles for a promise, when it is used up, closed or fails for a generator or a stream. The caller gets what `work`
 * returned: the same value, the same error, and wherever the language lets us, the same object.
 */
export function settle<T>(work: () => T, within: Context, outcome: Outcome): T {
  const result = attempt(() => context.with(within, work), outcome);
  return followSafely(result, within, outcome) as T;
}

/** Runs the program's own code: what it throws fails the work and is thrown on. */
function attempt<T>(work: () => T, outcome: Outcome): T {
  try {
    return work();
  } catch (error) {
    outcome.fail(error);
    throw error;
  }
}

/** Merely looking at a value may throw (a strict proxy, a getter): then it is passed on unwatched. */
function followSafely(result: unknown, within: Context, outcome: Outcome): unknown {
  try {
    return follow(result, within, outcome);
  } catch {
    outcome.succeed();
    return result;
  }
}

function follow(result: unknown, within: Context, outcome: Outcome): unknown {
  if (result instanceof Promise && result.constructor === Promise) {
    return result.then(
      (value: unknown) => followSafely(value, within, outcome),
      (error: unknown) => {
        outcome.fail(error);
        throw error;
      },
    );
  }
  if (typeof result !== 'object' || result === null) {
    outcome.succeed(result);
    return result;
  }
  if (isThenable(result)) return followThenable(result, within, outcome);
  if (result instanceof Readable) return followReadable(result, outcome);
  if (result instanceof ReadableStream) return followWebStream(result, outcome);
  if (isIterator(result)) return followIterator(result, within, outcome);
  if (isAsyncIterable(result)) return followIterable(result, within, outcome);
  outcome.succeed(result);
  return result;
}

/**
 * A lazy promise (a query builder, a provider's `APIPromise`) does its work when it is first asked: asking here as
 * well would do the work twice, so it is watched when its owner asks.
 */
function followThenable(promise: PromiseLike<unknown>, within: Context, outcome: Outcome): unknown {
  const then: Then = promise.then;
  let first: { readonly value: unknown; readonly followed: unknown } | undefined;
  // A query that is asked again may answer anew; only its first answer is followed.
  const fulfilled = (value: unknown): unknown => {
    first ??= { value, followed: followSafely(value, within, outcome) };
    return Object.is(value, first.value) ? first.followed : value;
  };
  // The caller's callbacks go into the original `then`, whose own result may be nothing at all.
  const watched: Then = (onFulfilled, onRejected) =>
    attempt(
      () =>
        then.call(
          promise,
          (value) => (typeof onFulfilled === 'function' ? onFulfilled(fulfilled(value)) : fulfilled(value)),
          (error) => {
            outcome.fail(error);
            if (typeof onRejected === 'function') return onRejected(error);
            throw error;
          },
        ),
      outcome,
    );
  // The standard forms of the other two go by way of `then`; a subclass's own may not.
  const methods: readonly [string, unknown][] = [
    ['then', watched],
    ['catch', Promise.prototype.catch],
    ['finally', Promise.prototype.finally],
  ];
  const replaced = methods.every(
    ([name, method]) => !(name in promise) || replaceMember(promise, name, method),
  );
  if (!replaced) outcome.succeed();
  return promise;
}

/** Listening for `error` itself would keep an unhandled one from crashing the program as it should. */
function followReadable(stream: Readable, outcome: Outcome): Readable {
  if (stream.closed) outcome.succeed();
  stream.once('end', () => outcome.succeed());
  stream.once('close', () => outcome.succeed());
  stream.once(errorMonitor, (error: unknown) => outcome.fail(error));
  return stream;
}

/** A web stream cannot be watched from outside: the caller gets a stream of the same kind and chunks. */
function followWebStream(stream: ReadableStream<unknown>, outcome: Outcome): ReadableStream<unknown> {
  if (stream.locked) {
    outcome.succeed();
    return stream;
  }
  return isByteStream(stream) ? followByteStream(stream, outcome) : followChunkStream(stream, outcome);
}

function followChunkStream(stream: ReadableStream<unknown>, outcome: Outcome): ReadableStream<unknown> {
  const output = new Output();
  const reader = stream.getReader();
  return new ReadableStream<unknown>(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          if (done) {
            outcome.succeed(output.value);
            controller.close();
          } else {
            output.add(value);
            controller.enqueue(value);
          }
        } catch (error) {
          outcome.fail(error);
          controller.error(error);
        }
      },
      async cancel(reason) {
        outcome.succeed(output.value);
        await reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}

/**
 * Each chunk is taken in the way the consumer asks for it, with a buffer of its own or without: a byte source may serve
 * only one of the two. Passing a chunk on detaches it, so that its size is all that is kept.
 */
function followByteStream(stream: ByteStream, outcome: Outcome): ByteStream {
  let bytes = 0;
  let reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>> | ReadableStreamBYOBReader =
    stream.getReader();
  const read = (wanted: ArrayBufferView | null | undefined) => {
    reader.releaseLock();
    if (wanted) {
      const filler = stream.getReader({ mode: 'byob' });
      reader = filler;
      return filler.read(new Uint8Array(wanted.byteLength));
    }
    const taker = stream.getReader();
    reader = taker;
    return taker.read();
  };
  const succeed = (): void => outcome.succeed(`[ReadableStream of ${bytes} bytes]`);
  return new ReadableStream({
    type: 'bytes',
    async pull(controller) {
      try {
        const { done, value } = await read(controller.byobRequest?.view);
        if (done) {
          succeed();
          controller.close();
          controller.byobRequest?.respond(0);
        } else {
          bytes += value.byteLength;
          controller.enqueue(value);
        }
      } catch (error) {
        outcome.fail(error);
        controller.error(error);
      }
    },
    async cancel(reason) {
      succeed();
      await reader.cancel(reason);
    },
  });
}

/** A generator object, sync or async. */
function followIterator(iterator: AnyIterator, within: Context, outcome: Outcome): unknown {
  const output = new Output();
  const watched = watchIterator(
    iterator,
    {
      item: (value) => output.add(value),
      done: (returned) => outcome.succeed(output.isEmpty ? returned : output.value),
      closed: () => outcome.succeed(output.value),
      failed: (error) => outcome.fail(error),
    },
    within,
  );
  if (!watched) outcome.succeed();
  return iterator;
}

/** Something like a provider's stream object, which makes its iterator when asked. Its first iterator is watched. */
function followIterable(iterable: AsyncIterable<unknown>, within: Context, outcome: Outcome): unknown {
  const original = iterable[Symbol.asyncIterator];
  let watched = false;
  const iterate = (): AsyncIterator<unknown> => {
    if (watched) return original.call(iterable);
    watched = true;
    const iterator = attempt(() => original.call(iterable), outcome);
    return followIterator(iterator, within, outcome) as AsyncIterator<unknown>;
  };
  if (!replaceMember(iterable, Symbol.asyncIterator, iterate)) outcome.succeed(iterable);
  return iterable;
}

/** The items a stream gave, as its output: texts joined, anything else as a list. */
class Output {
  readonly #items: unknown[] = [];

  get isEmpty(): boolean {
    return this.#items.length === 0;
  }

  get value(): unknown {
    return this.#items.every((item) => typeof item === 'string') ? this.#items.join('') : this.#items;
  }

  add(item: unknown): void {
    if (this.#items.length < MAX_KEPT_ITEMS) this.#items.push(item);
  }
}

function isThenable(value: object): value is PromiseLike<unknown> {
  return 'then' in value && typeof value.then === 'function';
}

function isAsyncIterable(value: object): value is AsyncIterable<unknown> {
  return Symbol.asyncIterator in value && typeof value[Symbol.asyncIterator] === 'function';
}

/** Only a byte stream gives a reader that brings its own buffers. */
function isByteStream(stream: ReadableStream<unknown>): stream is ByteStream {
  try {
    stream.getReader({ mode: 'byob' }).releaseLock();
    return true;
  } catch {
    return false;
  }
}

/** Arrays, maps and other collections are values, not work: only what has a `next` of its own counts. */
function isIterator(value: object): value is AnyIterator {
  return (
    'next' in value &&
    typeof value.next === 'function' &&
    (Symbol.asyncIterator in value || Symbol.iterator in value)
  );
}
