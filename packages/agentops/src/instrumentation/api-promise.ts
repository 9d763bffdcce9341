/** Told what became of a provider's promise, once. None may throw. */
export interface ApiPromiseObserver {
  /** The answer has been parsed for the caller. */
  resolved(value: unknown): void;
  /** The answer has arrived and, by the end of that turn of the event loop, its caller has not had it parsed. */
  unread(): void;
  rejected(error: unknown): void;
}

/** Runs a function at the end of this turn of the event loop, if not sooner. */
type Soon = (fn: () => void) => void;

/** The insides of the promise that Stainless-made clients (OpenAI, Anthropic) return. */
interface ApiPromise {
  responsePromise: Promise<unknown>;
  parseResponse: (...args: unknown[]) => unknown;
  asResponse: () => Promise<unknown>;
  /** Makes the promise of helpers such as `parse()`: for the same response, whose parsed value is transformed. */
  _thenUnwrap?: (transform: (value: unknown, ...rest: unknown[]) => unknown) => ApiPromise;
  /** The response as it came, for helpers that have another promise parse it. */
  _responseProps?: () => Promise<object>;
  /** Parses a response, this promise's own or another's. */
  parseResponseTraced?: (props: object) => unknown;
}

/**
 * Watches what a provider's method returned, and returns it. A client's `APIPromise` is lazy (it reads the body only
 * when its owner asks) and has methods of its own, so it is watched from the inside and stays the object it was; a
 * plain promise is passed on; anything else has resolved already.
 *
 * @param soon When a response whose answer nobody has asked for counts as `unread`: before its session ends.
 */
export function watchApiPromise(
  result: unknown,
  observer: ApiPromiseObserver,
  soon: Soon = setImmediate,
): unknown {
  if (isApiPromise(result)) {
    watchFromInside(result, new FirstOutcome(observer), soon);
    return result;
  }
  if (result instanceof Promise) {
    return result.then((value: unknown) => {
      observer.resolved(value);
      return value;
    }, rejecting(observer));
  }
  observer.resolved(result);
  return result;
}

/**
 * Passes the first outcome on and forgets whom it was for: clients keep their promises long after they have settled (until
 * the next full garbage collection), and what was asked and answered is not to be kept with them.
 */
class FirstOutcome implements ApiPromiseObserver {
  #observer: ApiPromiseObserver | undefined;

  constructor(observer: ApiPromiseObserver) {
    this.#observer = observer;
  }

  resolved(value: unknown): void {
    this.#take()?.resolved(value);
  }

  unread(): void {
    this.#take()?.unread();
  }

  rejected(error: unknown): void {
    this.#take()?.rejected(error);
  }

  #take(): ApiPromiseObserver | undefined {
    const observer = this.#observer;
    this.#observer = undefined;
    return observer;
  }
}

function isApiPromise(value: unknown): value is ApiPromise {
  return (
    typeof value === 'object' &&
    value !== null &&
    'responsePromise' in value &&
    value.responsePromise instanceof Promise &&
    'parseResponse' in value &&
    typeof value.parseResponse === 'function' &&
    'asResponse' in value &&
    typeof value.asResponse === 'function'
  );
}

/**
 * Every member is replaced, none is called: a rejection that nobody handles must stay unhandled, and a body must not
 * be read before its owner wants it.
 */
function watchFromInside(promise: ApiPromise, observer: ApiPromiseObserver, soon: Soon): void {
  promise.responsePromise = promise.responsePromise.catch(rejecting(observer));
  watchReading(promise, observer, soon);
}

function watchReading(promise: ApiPromise, observer: ApiPromiseObserver, soon: Soon): void {
  const { parseResponse } = promise;
  let parsing = false;
  promise.parseResponse = (...args) => {
    parsing = true;
    const parsed = parseResponse.apply(promise, args);
    // A promise more for each call is time that the program waits.
    const answer = parsed instanceof Promise ? parsed : Promise.resolve(parsed);
    return answer.then((value) => {
      observer.resolved(value);
      return value;
    }, rejecting(observer));
  };

  const asResponse = promise.asResponse.bind(promise);
  // Who looks at the response first and at the answer next does so at once; who reads the body himself never does.
  const ifUnparsed = (): void => {
    if (!parsing) observer.unread();
  };
  promise.asResponse = async () => {
    const response = await asResponse();
    if (!parsing) soon(ifUnparsed);
    return response;
  };

  const responseProps = promise._responseProps?.bind(promise);
  if (responseProps !== undefined) {
    promise._responseProps = async () => {
      const props = await responseProps();
      watchOtherReaders(promise, props, observer);
      return props;
    };
  }

  const thenUnwrap = promise._thenUnwrap?.bind(promise);
  if (thenUnwrap === undefined) return;
  promise._thenUnwrap = (transform) => {
    const derived = thenUnwrap((value, ...rest) => {
      observer.resolved(value);
      return transform(value, ...rest);
    });
    // Some versions derive from the promise behind ours, which would leave the rejection of ours to nobody.
    derived.responsePromise = promise.responsePromise;
    watchReading(derived, observer, soon);
    return derived;
  };
}

/** Who watches a response that has been handed on, by its properties. */
const handedOn = new WeakMap<object, ApiPromiseObserver>();
/** Classes of promises that look there. */
const readers = new WeakSet<object>();

/** A response that is handed on is parsed by another promise of the same class, which nobody has shown us. */
function watchOtherReaders(promise: ApiPromise, props: object, observer: ApiPromiseObserver): void {
  handedOn.set(props, observer);
  const prototype = Object.getPrototypeOf(promise) as Partial<ApiPromise>;
  const { parseResponseTraced } = prototype;
  if (parseResponseTraced === undefined || readers.has(prototype)) return;
  readers.add(prototype);
  prototype.parseResponseTraced = function (this: unknown, props) {
    const parsed = parseResponseTraced.call(this, props);
    const observer = handedOn.get(props);
    if (observer === undefined || !(parsed instanceof Promise)) return parsed;
    return parsed.then((value: unknown) => {
      observer.resolved(value);
      return value;
    }, rejecting(observer));
  };
}

function rejecting(observer: ApiPromiseObserver): (error: unknown) => never {
  return (error) => {
    observer.rejected(error);
    throw error;
  };
}
