import { type AnyIterator, type IteratorObserver, replaceMember, watchIterator } from './watch-iterator.ts';

/** Closes the watch over streams, and iterators of theirs, that nobody can read any more. Told on collection. */
const abandoned = new FinalizationRegistry<{ closed(): void }>((watch) => watch.closed());

/**
 * Watches a provider's stream object in place through the iterator that it is read by, in whatever way: `for await`,
 * `tee()`, `toReadableStream()`. Of several iterators that is the first to be advanced. A stream that its owner aborts
 * ends without an error; it counts as closed, and so does one that is garbage-collected, read halfway or not at all.
 *
 * @param observer Hears of one end and is forgotten with it, however long the stream is kept.
 * @returns False where `stream` is nothing that can be watched.
 */
export function watchStream(stream: unknown, observer: IteratorObserver): boolean {
  if (typeof stream !== 'object' || stream === null) return false;
  // A generator is read by its own methods, whether or not it is asked for an iterator first.
  if ('next' in stream && typeof stream.next === 'function') {
    const reader = new Reader({ unread: new UnreadStream(observer) }, observer);
    reader.claim();
    abandoned.register(stream, reader, reader);
    return watchIterator(stream as AnyIterator, reader);
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
  const unread = new UnreadStream(observer, signal);
  const chance: Chance = { unread };
  const { hides } = observer;
  const iterate = (): unknown => {
    const iterator: AnyIterator = original.call(stream);
    if (chance.unread.isOver) return iterator;
    const reader = new Reader(chance, { hides });
    if (watchIterator(iterator, reader)) abandoned.register(iterator, reader, reader);
    else chance.unread.closed();
    return iterator;
  };
  if (!replaceMember(stream, member, iterate)) return false;
  abandoned.register(chance, unread, unread);
  // For a stream that nobody reads. A client may wait for its collection, which a closure made here would prevent.
  signal?.addEventListener('abort', unread.closed, { once: true });
  return true;
}

/** Held by all who may begin to read a stream, and by nobody else: with it goes the last of them. */
interface Chance {
  readonly unread: UnreadStream;
}

/** A stream that nobody has advanced yet. */
class UnreadStream {
  readonly signal: AbortSignal | undefined;
  #observer: IteratorObserver | undefined;

  /** @param signal Of the stream's owner, who may abort it. */
  constructor(observer: IteratorObserver, signal?: AbortSignal) {
    this.#observer = observer;
    this.signal = signal;
  }

  /** Somebody reads it, or never will. */
  get isOver(): boolean {
    return this.#observer === undefined;
  }

  /** The observer, for the first that asks. */
  take(): IteratorObserver | undefined {
    const observer = this.#observer;
    if (observer === undefined) return undefined;
    this.#observer = undefined;
    abandoned.unregister(this);
    this.signal?.removeEventListener('abort', this.closed);
    return observer;
  }

  /** Bound: it is handed on as a listener. */
  readonly closed = (): void => this.take()?.closed();
}

/** The watch over one iterator: that of the stream from the first step on, until the first end. */
class Reader implements IteratorObserver {
  readonly #chance: Chance;
  #observer: IteratorObserver | undefined;
  readonly hides?: (value: unknown) => boolean;

  constructor(chance: Chance, { hides }: { readonly hides?: IteratorObserver['hides'] | undefined }) {
    this.#chance = chance;
    if (hides !== undefined) this.hides = hides;
  }

  claim(): IteratorObserver | undefined {
    this.#observer = this.#chance.unread.take();
    return this.#observer;
  }

  item(value: unknown): void {
    (this.#observer ?? this.claim())?.item(value);
  }

  done(returned: unknown): void {
    const observer = this.#end();
    if (this.#chance.unread.signal?.aborted) observer?.closed();
    else observer?.done(returned);
  }

  /** An iterator that is left before its first step leaves the stream to others. */
  closed(): void {
    if (this.#observer !== undefined) this.#end()?.closed();
  }

  readonly failed = (error: unknown): void => this.#end()?.failed(error);

  #end(): IteratorObserver | undefined {
    const observer = this.#observer ?? this.claim();
    this.#observer = undefined;
    abandoned.unregister(this);
    return observer;
  }
}
