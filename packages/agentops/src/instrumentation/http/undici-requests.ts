import { AsyncResource } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import { httpClient, type SendableRequest } from './http-client.ts';
import type { OutgoingRequest } from './outgoing-request.ts';

/** What is needed of undici's request object, of versions 5 to 8. */
interface UndiciRequest {
  readonly origin: string | URL;
  /** An absolute URL where the origin is a proxy. */
  readonly path: string;
  readonly method: string;
  /** Lines up to version 5; since then names and values in turn. */
  headers: string | unknown[];
  /** Of a WebSocket: whether that is opened is not told by all versions. */
  readonly upgrade?: unknown;
  /** Set by the program. */
  readonly host?: string | null;
  addHeader?(name: string, value: string): unknown;
}

interface RequestMessage {
  readonly request: UndiciRequest;
}

/** Watches what undici sends: the one inside Node, which is behind `fetch`, and those from npm. */
export class UndiciRequests {
  readonly #followed = new WeakMap<UndiciRequest, OutgoingRequest>();

  subscribe(): void {
    subscribe('undici:request:create', (message) => {
      if (!httpClient.isAwake('undici')) return;
      httpClient.follow(() => {
        const { request } = message as RequestMessage;
        const followed = inCallersContext(request, () => httpClient.start('undici', () => sendable(request)));
        if (followed !== undefined) this.#followed.set(request, followed);
      });
    });
    this.#on<RequestMessage & { readonly response: { readonly statusCode: number } }>(
      'headers',
      (followed, { response }) => followed.answered(response.statusCode),
    );
    this.#on('trailers', (followed) => followed.succeed());
    this.#on<RequestMessage & { readonly error: unknown }>('error', (followed, { error }) =>
      isAbort(error) ? followed.cancel(error) : followed.fail(error),
    );
  }

  #on<Message extends RequestMessage>(
    event: string,
    listener: (followed: OutgoingRequest, message: Message) => void,
  ): void {
    subscribe(`undici:request:${event}`, (message) => {
      const followed = this.#followed.get((message as Message).request);
      if (followed !== undefined) httpClient.follow(() => listener(followed, message as Message));
    });
  }
}

function sendable(request: UndiciRequest): SendableRequest | undefined {
  const { origin, path, method } = request;
  const url = /^https?:/.test(path) ? path : `${String(origin)}${path}`;
  if (request.upgrade || !URL.canParse(url)) return undefined;
  return {
    method,
    url: new URL(url),
    header: (name) => (name === 'host' ? (request.host ?? undefined) : headerOf(request.headers, name)),
    addHeader: (name, value) => {
      if (request.addHeader !== undefined) request.addHeader(name, value);
      else if (typeof request.headers === 'string') request.headers += `${name}: ${value}\r\n`;
      else request.headers.push(name, value);
    },
  };
}

function headerOf(headers: UndiciRequest['headers'], name: string): string | undefined {
  const list =
    typeof headers === 'string'
      ? headers
          .split('\r\n')
          .flatMap((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)])
      : headers;
  for (let index = 0; index < list.length; index += 2) {
    if (String(list[index]).toLowerCase() === name) return String(list[index + 1]).trim();
  }
  return undefined;
}

/**
 * A request that had to wait for a connection of a limited pool is made when another has ended, in the context of that
 * one: undici up to 8.10 does so. Then its caller is known where the caller's handler is a resource, as that of
 * `undici.request` is; else, as with `fetch`, it is not followed, since it would be in another's session.
 */
function inCallersContext<T>(request: UndiciRequest, start: () => T): T | undefined {
  if (!isMadeByPool()) return start();
  const handler = Object.getOwnPropertySymbols(request)
    .filter(({ description }) => description === 'handler')
    .map((symbol): unknown => Reflect.get(request, symbol))[0];
  return handler instanceof AsyncResource ? handler.runInAsyncScope(start) : undefined;
}

/** More than lie between a pool that takes a request from its queue and the channel. */
const FRAMES = 12;

/** Texts of stacks take several times as long, and with source maps very much longer. */
const asFrames = (_error: Error, frames: NodeJS.CallSite[]): NodeJS.CallSite[] => frames;

function isMadeByPool(): boolean {
  const { prepareStackTrace, stackTraceLimit } = Error;
  const holder: { stack?: NodeJS.CallSite[] } = {};
  try {
    Error.prepareStackTrace = asFrames;
    Error.stackTraceLimit = FRAMES;
    Error.captureStackTrace(holder, inCallersContext);
    const names = (holder.stack ?? []).map((frame) => frame.getFunctionName() ?? '');
    // Where the caller's context was kept, undici has gone back to it.
    return names.some((name) => DRAINS.test(name)) && !names.includes('runInAsyncScope');
  } finally {
    Error.prepareStackTrace = prepareStackTrace;
    Error.stackTraceLimit = stackTraceLimit;
  }
}

const DRAINS = /onDrain|drain ?queue/i;

/** The program has let go of it, by an `AbortSignal` or by cancelling the body. */
function isAbort(error: unknown): boolean {
  const { name, code } = Object(error) as { readonly name?: unknown; readonly code?: unknown };
  return name === 'AbortError' || code === 'UND_ERR_ABORTED';
}
