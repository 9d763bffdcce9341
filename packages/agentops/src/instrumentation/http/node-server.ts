import type { EventEmitter } from 'node:events';
import type { IncomingHttpHeaders } from 'node:http';
import type { ReceivedRequest } from './enter-request.ts';
import { hopsOf } from './forwarded.ts';
import type { AnswerOutline } from './incoming-request.ts';

/** What is needed of an `IncomingMessage`, or of the request of `node:http2`'s compatibility API. */
export interface NodeRequest extends EventEmitter {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly socket: { readonly remoteAddress?: string | undefined; readonly encrypted?: boolean | undefined };
}

/** What is needed of a `ServerResponse`, or of the response of `node:http2`'s compatibility API. */
export interface NodeResponse extends EventEmitter {
  readonly statusCode: number;
  readonly headersSent: boolean;
  readonly writableFinished: boolean;
  readonly closed: boolean;
}

/** What Express says on the request of the route that answers it. */
interface Routed {
  readonly originalUrl?: unknown;
  readonly baseUrl?: unknown;
  readonly route?: { readonly path?: unknown };
}

export function isNodeResponse(value: unknown): value is NodeResponse {
  return typeof value === 'object' && value !== null && 'statusCode' in value && 'once' in value;
}

export function receivedByNode(request: NodeRequest): Omit<ReceivedRequest, 'session' | 'route'> {
  const { method = 'GET', url = '/', headers, socket } = request;
  const { originalUrl } = request as Routed;
  const [path = '/'] = (typeof originalUrl === 'string' ? originalUrl : url).split(/[?#]/, 1);
  return {
    method,
    path,
    scheme: socket.encrypted === true ? 'https' : 'http',
    userAgent: headers['user-agent'],
    headers,
    hops: hopsOf(socket.remoteAddress, headers['x-forwarded-for'], headers.forwarded),
  };
}

/** Tells when the answer is out, or the connection closed. */
export function followResponse(
  request: NodeRequest,
  response: NodeResponse,
  end: (answer: AnswerOutline) => void,
): void {
  const told = (): void => {
    const route = routeOf(request);
    end({
      status: response.headersSent ? response.statusCode : undefined,
      isWhole: response.writableFinished,
      ...(route !== undefined && { route }),
    });
  };
  if (response.closed) told();
  else response.once('close', told);
}

function routeOf(request: object): string | undefined {
  const { baseUrl, route } = request as Routed;
  return typeof route?.path === 'string' ? `${String(baseUrl ?? '')}${route.path}` : undefined;
}
