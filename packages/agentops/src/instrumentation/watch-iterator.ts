import { type Context, context } from '@opentelemetry/api';

/** Told what an iterator gives and how it ends. None of the four may throw. */
export interface IteratorObserver {
  item(value: unknown): void;
  /** Used up; with what a generator returned. */
  done(returned: unknown): void;
  /** Its consumer has had enough: `break`, `return`, `throw`. */
  closed(): void;
  failed(error: unknown): void;
}

/** An iterator, sync or async. */
export type AnyIterator = Pick<AsyncIterator<unknown>, 'next'> &
  Partial<Pick<AsyncIterator<unknown>, 'return' | 'throw'>>;

/**
 * Watches `iterator` in place: its consumer holds the same object and gets the same steps and errors.
 *
 * @param within Context each step runs in, so that spans made there become children; default: the consumer's own.
 * @returns False where the object cannot be watched because it is frozen.
 */
export function watchIterator(iterator: AnyIterator, observer: IteratorObserver, within?: Context): boolean {
  if (!Object.isExtensible(iterator)) return false;
  const advanced = (step: IteratorResult<unknown>): void => {
    if (step.done) observer.done(step.value);
    else observer.item(step.value);
  };
  const closed = (step: IteratorResult<unknown>): void => {
    if (step.done) observer.closed();
    else observer.item(step.value);
  };
  const inspectors = { next: advanced, return: closed, throw: closed };
  for (const method of ['next', 'return', 'throw'] as const) {
    const original = iterator[method] as ((...args: unknown[]) => unknown) | undefined;
    if (original === undefined) continue;
    const value = watchedStep(original.bind(iterator), inspectors[method], observer.failed, within);
    Object.defineProperty(iterator, method, { value, configurable: true, writable: true });
  }
  return true;
}

function watchedStep(
  take: (...args: unknown[]) => unknown,
  inspect: (step: IteratorResult<unknown>) => void,
  fail: (error: unknown) => void,
  within: Context | undefined,
): (...args: unknown[]) => unknown {
  const inspected = (step: IteratorResult<unknown>): IteratorResult<unknown> => {
    inspect(step);
    return step;
  };
  const failed = (error: unknown): never => {
    fail(error);
    throw error;
  };
  return (...args) => {
    let step: unknown;
    try {
      step = within === undefined ? take(...args) : context.with(within, () => take(...args));
    } catch (error) {
      return failed(error);
    }
    return step instanceof Promise
      ? step.then(inspected, failed)
      : inspected(step as IteratorResult<unknown>);
  };
}
