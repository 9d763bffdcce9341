import { type Context, context } from '@opentelemetry/api';

/** Told what an iterator gives and how it ends. None may throw; the first ending counts. */
export interface IteratorObserver {
  item(value: unknown): void;
  /** Asked after `item`: true for an item that the consumer is not to get. The next one takes its place. Must not throw. */
  hides?(value: unknown): boolean;
  /** Used up; with what a generator returned. */
  done(returned: unknown): void;
  /** Its consumer has had enough: `break`, `return`, `throw`. */
  closed(): void;
  failed(error: unknown): void;
}

/** An iterator, sync or async. */
export type AnyIterator = Pick<AsyncIterator<unknown>, 'next'> &
  Partial<Pick<AsyncIterator<unknown>, 'return' | 'throw'>>;

type Step = (...args: unknown[]) => unknown;
type Inspect = (step: IteratorResult<unknown>) => void;

/**
 * Watches `iterator` in place: its consumer holds the same object and gets the same steps and errors. A cursor whose
 * `next` gives its items bare works on as it did; to `observer` it is closed with the first of them.
 *
 * @param within Context each step runs in, so that spans made there become children; default: the consumer's own.
 * @returns False where the object cannot be watched: its members cannot be replaced, or a proxy refuses.
 */
export function watchIterator(iterator: AnyIterator, observer: IteratorObserver, within?: Context): boolean {
  const advanced: Inspect = (step) => (step.done ? observer.done(step.value) : observer.item(step.value));
  const closed: Inspect = (step) => (step.done ? observer.closed() : observer.item(step.value));
  const inspectors = Object.entries({ next: advanced, return: closed, throw: closed });
  let watching = true;
  const inspectWith = (inspect: Inspect) => (step: unknown) => {
    watching &&= inspectStep(step, inspect);
    if (!watching) observer.closed();
  };
  try {
    return inspectors.every(([method, inspect]) => {
      const original: unknown = Reflect.get(iterator, method);
      if (typeof original !== 'function') return true;
      const hides = method === 'next' && observer.hides !== undefined ? hiding(observer.hides) : undefined;
      const watcher = { inspect: inspectWith(inspect), hides, fail: observer.failed, within };
      const step = watchedStep(original.bind(iterator), watcher);
      return replaceMember(iterator, method, step);
    });
  } catch {
    return false;
  }
}

/** False where `owner` does not allow it. */
export function replaceMember(owner: object, member: PropertyKey, value: unknown): boolean {
  return Reflect.defineProperty(owner, member, { value, configurable: true, writable: true });
}

interface Watcher {
  inspect(step: unknown): void;
  readonly hides: ((step: unknown) => boolean) | undefined;
  fail(error: unknown): void;
  readonly within: Context | undefined;
}

function watchedStep(take: Step, { inspect, hides, fail, within }: Watcher): Step {
  const inspected = (step: unknown): unknown => {
    inspect(step);
    return hides?.(step) ? watched() : step;
  };
  const failed = (error: unknown): never => {
    fail(error);
    throw error;
  };
  const watched: Step = (...args) => {
    let step: unknown;
    try {
      step = within === undefined ? take(...args) : context.with(within, () => take(...args));
    } catch (error) {
      return failed(error);
    }
    return step instanceof Promise ? step.then(inspected, failed) : inspected(step);
  };
  return watched;
}

function hiding(hides: (value: unknown) => boolean): (step: unknown) => boolean {
  return (step) => isStep(step) && step.done !== true && hides(step.value);
}

/** False where `step` is none, or cannot be looked at. */
function inspectStep(step: unknown, inspect: Inspect): boolean {
  try {
    if (!isStep(step)) return false;
    inspect(step);
    return true;
  } catch {
    return false;
  }
}

function isStep(value: unknown): value is IteratorResult<unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const done: unknown = Reflect.get(value, 'done');
  return typeof done === 'boolean' || (done === undefined && 'value' in value);
}
