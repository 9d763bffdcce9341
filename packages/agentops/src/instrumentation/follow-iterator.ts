import type { Context } from '@opentelemetry/api';
import { attempt, type Outcome } from './outcome.ts';
import { StreamedOutput } from './streamed-output.ts';
import { type AnyIterator, replaceMember, watchIterator } from './watch-iterator.ts';

/** A generator object, sync or async. */
export function followIterator(iterator: AnyIterator, within: Context, outcome: Outcome): unknown {
  const output = new StreamedOutput();
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
export function followIterable(iterable: AsyncIterable<unknown>, within: Context, outcome: Outcome): unknown {
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

export function isAsyncIterable(value: object): value is AsyncIterable<unknown> {
  return Symbol.asyncIterator in value && typeof value[Symbol.asyncIterator] === 'function';
}

/** Arrays, maps and other collections are values, not work: only what has a `next` of its own counts. */
export function isIterator(value: object): value is AnyIterator {
  return (
    'next' in value &&
    typeof value.next === 'function' &&
    (Symbol.asyncIterator in value || Symbol.iterator in value)
  );
}
