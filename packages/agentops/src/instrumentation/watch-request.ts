import { context } from '@opentelemetry/api';
import { soonIn } from '../session/scope.ts';
import { type ApiPromiseObserver, watchApiPromise } from './api-promise.ts';
import type { LlmResponse } from './llm-call.ts';
import type { ProviderRequest, RequestCall } from './request-call.ts';
import { watchStream } from './watch-stream.ts';

/** A method of a client that its other methods send their requests by. */
export interface RequestMethod {
  /** The part of the client that has it, such as `['files']`. Default: the client itself. */
  readonly owner?: readonly string[];
  readonly name: string;
  /** What is requested, by the method's arguments; undefined for nothing that could be told. */
  request(args: readonly unknown[]): RequestOutline | undefined;
  /** Sends and hands the promise to watch to `watch`, which returns it. Default: what `send` returns. */
  around?(client: object, send: () => unknown, watch: (promise: unknown) => unknown): unknown;
}

type RequestOutline = Pick<ProviderRequest, 'method' | 'route' | 'model'> & {
  /** The model, where the body is still in the making. Never rejects. */
  readonly laterModel?: Promise<string | undefined>;
  /** What the answer, or the last part of a stream, tells of an earlier call of a model that had ended without it. */
  readonly earlier?: (answer: unknown) => LlmResponse | undefined;
};

interface Watching {
  around(send: () => unknown, watch: (promise: unknown) => unknown): unknown;
  /** Keeps what goes wrong in the bookkeeping from the program. */
  guard(fn: () => void): void;
  errorType(error: unknown): string | undefined;
  earlier(answer: unknown): LlmResponse | undefined;
}

/** Sends a request in the context of its call and follows it until the call has ended. */
export function watchRequest(
  call: RequestCall,
  send: () => unknown,
  { around, guard, errorType, earlier }: Watching,
): unknown {
  const fail = (error: unknown): void => guard(() => call.fail(error, errorType(error)));
  const succeed = (answer: unknown): void => guard(() => call.succeed(answer, earlier(answer)));
  const observer: ApiPromiseObserver = {
    resolved: (value) =>
      guard(() => {
        if (!isEventStream(value) || !followStream(value, call, { succeed, fail, guard })) succeed(value);
      }),
    unread: () => guard(() => call.succeed()),
    rejected: fail,
  };
  try {
    return around(
      () => context.with(call.context, send),
      (promise) => watchApiPromise(promise, observer, (fn) => soonIn(call.context, fn)),
    );
  } catch (error) {
    fail(error);
    throw error;
  }
}

interface Following extends Pick<Watching, 'guard'> {
  succeed(answer: unknown): void;
  fail(error: unknown): void;
}

/** Pages can be iterated as well, which asks for further ones: only a stream has something to abort. */
function isEventStream(value: unknown): value is object {
  return typeof value === 'object' && value !== null && 'controller' in value && 'iterator' in value;
}

function followStream(stream: object, call: RequestCall, { succeed, fail, guard }: Following): boolean {
  let last: unknown;
  const closed = (): void => guard(() => call.truncate(last));
  call.whenCutOff(closed);
  return watchStream(stream, {
    item: (part) => {
      last = part;
    },
    done: () => succeed(last),
    closed,
    failed: fail,
  });
}
