import { type AnyIterator, type IteratorObserver, replaceMember, watchIterator } from './watch-iterator.ts';

/** Closes the watch over streams, and iterators of theirs, that nobody can read any more. Told on collection. */
const abandoned = new FinalizationRegistry<StreamWatch>((watch) => watch.closed());

/**
 * Watches a provider's stream object in place through the iterator it makes when it is read, in whatever way: `for
 * await`, `tee()`, `toReadableStream()`. A stream that its owner aborts ends without an error; it counts as closed, and
 * so does one that is garbage-collected, read halfway or not at all.
 *
 * @param observer Hears of one end and is forgotten with it, however long the stream is kept.
 * @returns False where `stream` is nothing that can be watched.
 */
export function watchStream(stream: unknown, observer: IteratorObserver): boolean {
  if (typeof stream !== 'object' || stream === null) return false;
  // A generator is read by its own methods, whether or not it is asked for an iterator first.
  if ('next' in stream && typeof stream.next === 'function') {
    const watch = new StreamWatch(observer);
    abandoned.register(stream, watch, watch);
    return watchIterator(stream as AnyIterator, watch);
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
  const watch = new StreamWatch(observer, signal);
  let watched = false;
  const iterate = (): unknown => {
    signal?.removeEventListener('abort', watch.closed);
    const iterator: AnyIterator = original.call(stream);
    if (watched) return iterator;
    watched = true;
    abandoned.unregister(watch);
    if (watchIterator(iterator, watch)) abandoned.register(iterator, watch, watch);
    else watch.closed();
    return iterator;
  };
  if (!replaceMember(stream, member, iterate)) return false;
  abandoned.register(stream, watch, watch);
  // For a stream that nobody reads. A client may wait for its collection, which a closure made here would prevent.
  signal?.addEventListener('abort', watch.closed, { once: true });
  return true;
}

/** The watch over one stream, until its first end. */
class StreamWatch implements IteratorObserver {
  #observer: IteratorObserver | undefined;
  readonly #signal: AbortSignal | undefined;
  readonly hides?: (value: unknown) => boolean;

  /** @param signal Of the stream's owner, who may abort it. */
  constructor(observer: IteratorObserver, signal?: AbortSignal) {
    this.#observer = observer;
    this.#signal = signal;
    if (observer.hides !== undefined) this.hides = observer.hides;
  }

  item(value: unknown): void {
    this.#observer?.item(value);
  }

  done(returned: unknown): void {
    if (this.#signal?.aborted) this.closed();
    else this.#end()?.done(returned);
  }

  /** Bound: it is handed on as a listener. */
  readonly closed = (): void => this.#end()?.closed();

  readonly failed = (error: unknown): void => this.#end()?.failed(error);

  #end(): IteratorObserver | undefined {
    const observer = this.#observer;
    this.#observer = undefined;
    abandoned.unregister(this);
    return observer;
  }
}
