/** Any function: parameters are contravariant, so that what takes `never` accepts them all. */
export type AnyFunction = (...args: never[]) => unknown;

/** A TC39 method decorator. */
export type MethodDecorator = <This, Args extends unknown[], Result>(
  method: (this: This, ...args: Args) => Result,
  context: ClassMethodDecoratorContext<This, (this: This, ...args: Args) => Result>,
) => (this: This, ...args: Args) => Result;

/** What a helper names its work by: the name alone, or the name with more. */
export type Spec<Options extends { readonly name: string }> = string | Options;

/**
 * One helper in its three forms, each around sync functions, promises, generators and streams:
 *
 * - call: `tool('search', () => search(query))` runs the function now and returns its result;
 * - wrap: `const search = tool.wrap('search', fn)` makes a function of the same signature, each call of it a span;
 * - decorate: `@tool` or `@tool('search')` on a method (TC39 decorators).
 */
export interface Helper<Options extends { readonly name: string }, Handle> {
  /** Call form. `work` gets the running span's handle. */
  <T>(spec: Spec<Options>, work: (handle: Handle) => T): T;
  /** Decorator, named after the method. */
  <This, Args extends unknown[], Result>(
    method: (this: This, ...args: Args) => Result,
    context: ClassMethodDecoratorContext<This, (this: This, ...args: Args) => Result>,
  ): (this: This, ...args: Args) => Result;
  /** Decorator with a name of its own. */
  (spec: Spec<Options>): MethodDecorator;
  /** Wrap form, named after the function. */
  wrap<F extends AnyFunction>(work: F): F;
  /** Wrap form. */
  wrap<F extends AnyFunction>(spec: Spec<Options>, work: F): F;
}

/** Runs one piece of work. `args` are what it was called with; absent in call form. */
export type Run<Options extends { readonly name: string }, Handle> = <T>(
  options: Options,
  args: readonly unknown[] | undefined,
  work: (handle: Handle) => T,
) => T;

/** Gives `run` the three forms. */
export function createHelper<Options extends { readonly name: string }, Handle>(
  run: Run<Options, Handle>,
): Helper<Options, Handle> {
  const wrap = <F extends AnyFunction>(spec: Spec<Options>, work: F): F => {
    const options = toOptions(spec);
    const wrapped = function (this: unknown, ...args: unknown[]): unknown {
      return run(options, args, () => work.apply(this, args as never[]));
    };
    return Object.defineProperties(wrapped, Object.getOwnPropertyDescriptors(work)) as unknown as F;
  };
  const decorate =
    (spec: Spec<Options>) =>
    (method: AnyFunction, ...described: unknown[]) => {
      refuseLegacyDecorator(...described);
      return wrap(spec, method);
    };

  const helper = (first: Spec<Options> | AnyFunction, second?: unknown, third?: unknown): unknown => {
    refuseLegacyDecorator(second, third);
    if (typeof first === 'function') return wrap(nameOf(second) as Spec<Options>, first);
    if (second === undefined) return decorate(first);
    return run(toOptions(first), undefined, second as (handle: Handle) => unknown);
  };
  return Object.assign(helper, {
    wrap: (first: Spec<Options> | AnyFunction, second?: AnyFunction) =>
      typeof first === 'function'
        ? wrap((first.name || 'anonymous') as Spec<Options>, first)
        : wrap(first, second as AnyFunction),
  }) as unknown as Helper<Options, Handle>;
}

/** The program's work runs under whatever name it is given, also where the types were not heeded. */
function toOptions<Options extends { readonly name: string }>(spec: Spec<Options>): Options {
  const isObject = typeof spec === 'object' && spec !== null;
  if (isObject && typeof spec.name === 'string') return spec;
  const name: unknown = isObject ? spec.name : spec;
  return { ...(isObject && spec), name: String(name ?? 'anonymous') } as Options;
}

/** The name of the method that a decorator's context describes. */
function nameOf(context: unknown): string {
  return String((context as ClassMethodDecoratorContext).name);
}

/** What the TypeScript compiler calls for `experimentalDecorators`: a prototype, a method's name and its descriptor. */
function refuseLegacyDecorator(key?: unknown, descriptor?: unknown): void {
  if (typeof key !== 'string' && typeof key !== 'symbol') return;
  if (typeof descriptor !== 'object' || descriptor === null) return;
  throw new TypeError(
    `the agentops decorator of ${String(key)} needs TC39 decorators; remove experimentalDecorators from tsconfig`,
  );
}
