import { errorMonitor } from 'node:events';
import { Readable } from 'node:stream';
import { type Context, context } from '@opentelemetry/api';
import { type AnyIterator, watchIterator } from './watch-iterator.ts';

/** Told how a piece of work ended. The first call counts; a promise that is asked twice tells it twice. */
export interface Outcome {
  succeed(output?: unknown): void;
  fail(error: unknown): void;
}

/** Items of a stream that are kept as its output. */
const MAX_KEPT_ITEMS = 1000;

/**
 * Runs `work` in `within` and tells `outcome` when it has really ended: at once for a plain value or a throw, when it
 * settles for a promise, when it is used up, closed or fails for a generator or a stream. The caller gets what `work`
 * returned: the same value, the same error, and wherever the language lets us, the same object.
 */
export function settle<T>(work: () => T, within: Context, outcome: Outcome): T {
  let result: T;
  try {
    result = context.with(within, work);
  } catch (error) {
    outcome.fail(error);
    throw error;
  }
  return follow(result, within, outcome) as T;
}

function follow(result: unknown, within: Context, outcome: Outcome): unknown {
  if (result instanceof Promise && result.constructor === Promise) {
    return result.then(
      (value: unknown) => follow(value, within, outcome),
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
  if (Symbol.asyncIterator in result && Object.isExtensible(result)) {
    return followIterable(result as AsyncIterable<unknown>, within, outcome);
  }
  outcome.succeed(result);
  return result;
}

/**
 * A lazy promise (a query builder, a provider's `APIPromise`) does its work when it is first asked: asking here as
 * well would do the work twice, so it is watched when its owner asks.
 */
function followThenable(promise: PromiseLike<unknown>, within: Context, outcome: Outcome): unknown {
  const then = promise.then;
  if (!Object.isExtensible(promise)) {
    outcome.succeed();
    return promise;
  }
  let followed: { readonly value: unknown } | undefined;
  const watched: typeof promise.then = (onFulfilled, onRejected) =>
    then
      .call(
        promise,
        (value) => {
          followed ??= { value: follow(value, within, outcome) };
          return followed.value;
        },
        (error: unknown) => {
          outcome.fail(error);
          throw error;
        },
      )
      .then(onFulfilled as never, onRejected) as never;
  // The standard forms of the other two go by way of `then`; a subclass's own may not.
  const methods = new Map<string, unknown>([
    ['then', watched],
    ['catch', Promise.prototype.catch],
    ['finally', Promise.prototype.finally],
  ]);
  for (const [name, value] of methods) {
    if (name in promise) Object.defineProperty(promise, name, { value, configurable: true, writable: true });
  }
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

/** A web stream cannot be watched from outside: the caller gets a stream of the same chunks. */
function followWebStream(stream: ReadableStream<unknown>, outcome: Outcome): ReadableStream<unknown> {
  if (stream.locked) {
    outcome.succeed();
    return stream;
  }
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
    const iterator = original.call(iterable);
    if (watched) return iterator;
    watched = true;
    return followIterator(iterator, within, outcome) as AsyncIterator<unknown>;
  };
  Object.defineProperty(iterable, Symbol.asyncIterator, {
    value: iterate,
    configurable: true,
    writable: true,
  });
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

/** Arrays, maps and other collections are values, not work: only what has a `next` of its own counts. */
function isIterator(value: object): value is AnyIterator {
  return (
    'next' in value &&
    typeof value.next === 'function' &&
    (Symbol.asyncIterator in value || Symbol.iterator in value)
  );
}
