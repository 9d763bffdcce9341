import { Readable } from 'node:stream';
import { type Context, context } from '@opentelemetry/api';
import { followIterable, followIterator, isAsyncIterable, isIterator } from './follow-iterator.ts';
import { followReadable, followWebStream } from './follow-stream.ts';
import { attempt, type Outcome } from './outcome.ts';
import { replaceMember } from './watch-iterator.ts';

type Then = (
  onFulfilled?: ((value: unknown) => unknown) | null,
  onRejected?: ((error: unknown) => unknown) | null,
) => unknown;

/**
 * Runs `work` in `within` and tells `outcome` when it has really ended: at once for a plain value or a throw, when it
 * settles for a promise, when it is used up, closed or fails for a generator or a stream. The caller gets what `work`
 * returned: the same value, the same error, and wherever the language lets us, the same object.
 */
export function settle<T>(work: () => T, within: Context, outcome: Outcome): T {
  const result = attempt(() => context.with(within, work), outcome);
  return followSafely(result, within, outcome) as T;
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

function isThenable(value: object): value is PromiseLike<unknown> {
  return 'then' in value && typeof value.then === 'function';
}
