import { type AnyIterator, type IteratorObserver, replaceMember, watchIterator } from './watch-iterator.ts';

/** Closes the watch over streams, and iterators of theirs, that nobody can read any more. Told on collection. */
const abandoned = new FinalizationRegistry<() => void>((closed) => closed());

/**
 * Watches a provider's stream object in place through the iterator it makes when it is read, in whatever way: `for
 * await`, `tee()`, `toReadableStream()`. A stream that its owner aborts ends without an error; it counts as closed, and
 * so does one that is garbage-collected, read halfway or not at all.
 *
 * @returns False where `stream` is nothing that can be watched.
 */
export function watchStream(stream: unknown, observer: IteratorObserver): boolean {
  if (typeof stream !== 'object' || stream === null) return false;
  // A generator is read by its own methods, whether or not it is asked for an iterator first.
  if ('next' in stream && typeof stream.next === 'function') {
    abandoned.register(stream, observer.closed);
    return watchIterator(stream as AnyIterator, observer);
  }
  // Stainless-made streams keep the maker of their iterator in a member that all ways of reading go through.
  const member =
    'iterator' in stream && typeof stream.iterator === 'function' ? 'iterator' : Symbol.asyncIterator;
  const original: unknown = Reflect.get(stream, member);
  if (typeof original !== 'function') return false;
  const signal =
    'controller' in stream && stream.controller instanceof AbortController
      ? stream.controller.signal
      : undefined;
  const own: IteratorObserver = {
    ...observer,
    done: (returned) => (signal?.aborted ? observer.closed() : observer.done(returned)),
  };
  let watched = false;
  const iterate = (): unknown => {
    signal?.removeEventListener('abort', observer.closed);
    const iterator: AnyIterator = original.call(stream);
    if (watched) return iterator;
    watched = true;
    abandoned.unregister(observer);
    if (watchIterator(iterator, own)) abandoned.register(iterator, observer.closed);
    else own.closed();
    return iterator;
  };
  if (!replaceMember(stream, member, iterate)) return false;
  abandoned.register(stream, observer.closed, observer);
  // For a stream that nobody reads. A client may wait for its collection, which a closure made here would prevent.
  signal?.addEventListener('abort', observer.closed, { once: true });
  return true;
}
