import { type Context, context, type Span, type Tracer, trace } from '@opentelemetry/api';
import type { OtelInstrumentation } from '../../config/instrumentation-options.ts';
import { replaceMember } from '../watch-iterator.ts';

/** What `@traceloop/instrumentation-langchain` exports, as far as it is used here. */
interface LangChainPackage {
  readonly LangChainInstrumentation: new (config: object) => LangChainInstrumentation;
  readonly TraceloopCallbackHandler: new (tracer: Tracer, traceContent: boolean) => Handler;
}

interface LangChainInstrumentation extends OtelInstrumentation {
  readonly tracer: Tracer;
  patchCallbackManager(manager: CallbackManagerClass): void;
  _shouldSendPrompts(): boolean;
}

/** LangChain's callback handler that makes the spans; it keeps those that run. */
interface Handler {
  readonly spans: ReadonlyMap<string, { readonly span: Span }>;
  awaitHandlers: boolean;
}

interface CallbackManager {
  readonly handlers: readonly Handler[];
  copy(additional: readonly Handler[]): CallbackManager;
}

/** LangChain makes the callback manager of each run by this, from its parent's or from what the program passed. */
interface CallbackManagerClass {
  _configureSync(inherited: unknown, ...rest: unknown[]): unknown;
}

/** LangChain tells of a run's start with the run's id as the third argument and its parent's as the fourth. */
const STARTS = ['handleChainStart', 'handleChatModelStart', 'handleLLMStart', 'handleToolStart'] as const;

/**
 * The instrumentation's class, with the way it hooks itself into LangChain replaced: by its own, a run below another
 * loses the callbacks that the program has passed, and with them its parent; and spans are started from a queue, in the
 * context of whoever came first. Unchanged where the package is not the one that is known.
 */
export function mendLangChain(exported: object): object {
  const { LangChainInstrumentation: Original, TraceloopCallbackHandler } = exported as LangChainPackage;
  const isKnown =
    typeof Original?.prototype?.patchCallbackManager === 'function' &&
    typeof TraceloopCallbackHandler === 'function';
  if (!isKnown) return exported;
  const patched = new WeakSet<CallbackManagerClass>();
  class LangChainInstrumentation extends Original {
    override patchCallbackManager(manager: CallbackManagerClass): void {
      if (patched.has(manager) || typeof manager._configureSync !== 'function') return;
      patched.add(manager);
      const original = manager._configureSync;
      const isOurs = (handler: object): boolean => handler instanceof TraceloopCallbackHandler;
      const make = (): Handler =>
        inCallersContext(new TraceloopCallbackHandler(this.tracer, this._shouldSendPrompts()));
      replaceMember(
        manager,
        '_configureSync',
        function (this: unknown, inherited: unknown, ...rest: unknown[]) {
          return original.call(this as CallbackManagerClass, withHandler(inherited, isOurs, make), ...rest);
        },
      );
    }
  }
  return { LangChainInstrumentation };
}

/** What is inherited and the handler, once. */
function withHandler(inherited: unknown, isOurs: (handler: object) => boolean, make: () => Handler): unknown {
  if (inherited === undefined || inherited === null) return [make()];
  if (Array.isArray(inherited)) return [...inherited, make()];
  const manager = inherited as CallbackManager;
  return manager.handlers.some(isOurs) ? manager : manager.copy([make()]);
}

/** Starts each run's span below that of the run it belongs to, else in the context the handler was made in. */
function inCallersContext(handler: Handler): Handler {
  const caller: Context = context.active();
  // Called at once and not from the queue, so that spans have the right times and end before their caller goes on.
  handler.awaitHandlers = true;
  for (const start of STARTS) {
    const original: unknown = Reflect.get(handler, start);
    if (typeof original !== 'function') continue;
    replaceMember(handler, start, (...args: unknown[]): unknown => {
      const parent = handler.spans.get(String(args[3]))?.span;
      return context.with(parent === undefined ? caller : trace.setSpan(caller, parent), () =>
        original.apply(handler, args),
      );
    });
  }
  return handler;
}
