import { subscribe } from 'node:diagnostics_channel';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { httpClient, type SendableRequest } from './http-client.ts';
import type { OutgoingRequest } from './outgoing-request.ts';

interface RequestMessage {
  readonly request: ClientRequest;
}

/** Watches what `node:http` and `node:https` send, and whatever is built on those. */
export class NodeRequests {
  readonly #followed = new WeakMap<ClientRequest, OutgoingRequest>();

  subscribe(): void {
    subscribe('http.client.request.created', (message) => {
      if (!httpClient.isAwake('node')) return;
      const { request } = message as RequestMessage;
      const followed = httpClient.start('node', () => sendable(request));
      if (followed === undefined) return;
      this.#followed.set(request, followed);
      request.once('close', () => httpClient.follow(() => close(request, followed)));
    });
    subscribe('http.client.response.finish', (message) => {
      const { request, response } = message as RequestMessage & { readonly response: IncomingMessage };
      this.#follow(request, (followed) => followed.answered(response.statusCode ?? 0));
    });
    subscribe('http.client.request.error', (message) => {
      const { request, error } = message as RequestMessage & { readonly error: unknown };
      this.#follow(request, (followed) => followed.fail(error));
    });
  }

  #follow(request: ClientRequest, listener: (followed: OutgoingRequest) => void): void {
    const followed = this.#followed.get(request);
    if (followed !== undefined) httpClient.follow(() => listener(followed));
  }
}

/** The request has ended, whichever way. */
function close(request: ClientRequest, followed: OutgoingRequest): void {
  const { res } = request as ClientRequest & { readonly res?: IncomingMessage };
  if (res === undefined || res.complete || res.statusCode === 101) followed.succeed();
  else if (res.errored && !isDumped(res)) followed.fail(res.errored);
  else followed.cancel(res.errored);
}

/** The rest of an answer is thrown away when the program destroys the request; then, too, it ends with an error. */
function isDumped(response: IncomingMessage): boolean {
  return Reflect.get(response, '_dumped') === true;
}

function sendable(request: ClientRequest): SendableRequest | undefined {
  const { protocol, host, path, method } = request;
  const headers = request.getHeaders();
  const asked = headers.host;
  // The port is said in the header alone.
  const port = /:\d+$/.exec(String(asked ?? ''))?.[0] ?? '';
  const name = host.includes(':') ? `[${host}]` : host;
  const url = /^https?:/.test(path) ? path : `${protocol}//${name}${port}${path}`;
  if (!URL.canParse(url)) return undefined;
  return {
    method,
    url: new URL(url),
    header: (header) => textOf(headers[header]),
    addHeader: request.headersSent ? undefined : (header, value) => request.setHeader(header, value),
  };
}

function textOf(value: number | string | string[] | undefined): string | undefined {
  return value === undefined ? undefined : String(Array.isArray(value) ? value[0] : value);
}
