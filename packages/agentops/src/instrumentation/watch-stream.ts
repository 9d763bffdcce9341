import { type AnyIterator, type IteratorObserver, replaceMember, watchIterator } from './watch-iterator.ts';

/**
 * Watches a provider's stream object in place through the iterator it makes when it is read, in whatever way: `for
 * await`, `tee()`, `toReadableStream()`. A stream that its owner aborts ends without an error; it counts as closed.
 *
 * @returns False where `stream` is nothing that can be watched.
 */
export function watchStream(stream: unknown, observer: IteratorObserver): boolean {
  if (typeof stream !== 'object' || stream === null) return false;
  // A generator is read by its own methods, whether or not it is asked for an iterator first.
  if ('next' in stream && typeof stream.next === 'function') {
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
    if (!watched && !watchIterator(iterator, own)) own.closed();
    watched = true;
    return iterator;
  };
  if (!replaceMember(stream, member, iterate)) return false;
  // For a stream that nobody reads. A client may wait for its collection, which a closure made here would prevent.
  signal?.addEventListener('abort', observer.closed, { once: true });
  return true;
}
