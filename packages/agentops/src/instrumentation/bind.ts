import type { EventEmitter } from 'node:events';
import { type Context, context } from '@opentelemetry/api';
import { currentClient } from '../default-client.ts';
import { TraceContext } from './trace-context.ts';
import { type AnyIterator, replaceMember } from './watch-iterator.ts';

/** What can be bound: what somebody else may run. */
export type Bindable =
  | ((...args: never[]) => unknown)
  | EventEmitter
  | Iterator<unknown>
  | AsyncIterator<unknown>;

/**
 * Ties `target` to the session, agent and span of the caller, whoever runs it later: a callback that waits in a pool or a
 * queue, a listener, a generator that another session reads.
 *
 * @returns For a function, one that does the same here. An event emitter or a stream itself, whose listeners that are
 * added from now on run here; a generator or another iterator itself, each of whose steps does.
 */
export function bind<T extends Bindable>(target: T): T {
  return currentClient().guard('bind', () => bound(TraceContext.current().otel, target)) ?? target;
}

function bound<T extends Bindable>(within: Context, target: T): T {
  if (typeof target !== 'function' && 'next' in target) bindSteps(within, target);
  return context.bind(within, target);
}

function bindSteps(within: Context, iterator: AnyIterator | Iterator<unknown>): void {
  for (const name of ['next', 'return', 'throw'] as const) {
    const step: unknown = Reflect.get(iterator, name);
    if (typeof step === 'function') replaceMember(iterator, name, context.bind(within, step.bind(iterator)));
  }
}
