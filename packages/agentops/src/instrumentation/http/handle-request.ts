import { context } from '@opentelemetry/api';
import { currentClient } from '../../default-client.ts';
import type { StartSessionOptions } from '../../session/session-options.ts';
import { type Answering, enterRequest, type ReceivedRequest } from './enter-request.ts';
import {
  followResponse,
  isNodeResponse,
  type NodeRequest,
  type NodeResponse,
  receivedByNode,
} from './node-server.ts';
import { followAnswer, receivedByWeb } from './web-server.ts';

/** How a request is answered. */
export interface HandleRequestOptions {
  /**
   * The route with placeholders, `/lamps/:id`: names the span. A function is asked when the answer is out. Default:
   * Express's own.
   */
  readonly route?: string | (() => string | undefined) | undefined;
  /**
   * A session for this request, where its caller has none that can be continued: named after method and route, by this
   * name, or with these options. It ends with the answer. Default: none; a session that the handler starts is linked to
   * the caller.
   */
  readonly session?: boolean | string | StartSessionOptions | undefined;
  /**
   * Who asks, for `context.trustIncoming`. Default: the other end of the connection, where that is known; and with
   * `Forwarded` or `X-Forwarded-For`, only if nobody named there is less trusted. Behind a proxy of yours, give the
   * address that it vouches for.
   */
  readonly from?: string | undefined;
}

/**
 * Answers a request of Node's `http`, as a part of the session of its caller: what `next` does and starts belongs to that
 * session, below a span of the request, which ends when the answer is out or the connection closed. A caller without a
 * session, or one that is not trusted (`context.trustIncoming`), is answered outside of any, or in one of its own
 * (`options.session`). Returns and throws what `next` does. Middleware of Express as it is.
 */
export function handleRequest<T>(
  request: NodeRequest,
  response: NodeResponse,
  next: () => T,
  options?: HandleRequestOptions,
): T;

/**
 * The same for a web-standard `Request`. The request ends with the last part of the body; a response with a body is
 * returned as another of the same parts, status and headers. Nothing says who asks: give `options.from`, or trust all.
 */
export function handleRequest(
  request: Request,
  handler: (request: Request) => Response | Promise<Response>,
  options?: HandleRequestOptions,
): Promise<Response>;

export function handleRequest(request: NodeRequest | Request, ...args: readonly unknown[]): unknown {
  const [second] = args;
  if (isNodeResponse(second)) {
    const [response, next, options] = args as [NodeResponse, () => unknown, HandleRequestOptions?];
    return handleNode(request as NodeRequest, response, next, options ?? {});
  }
  const [handler, options] = args as [
    (request: Request) => Response | Promise<Response>,
    HandleRequestOptions?,
  ];
  return handleWeb(request as Request, handler, options ?? {});
}

/** A request that passes here twice is answered once. */
const answered = new WeakSet<object>();

function handleNode<T>(
  request: NodeRequest,
  response: NodeResponse,
  next: () => T,
  options: HandleRequestOptions,
): T {
  const answering = begin(request, options, () => receivedByNode(request));
  if (answering === undefined) return next();
  const client = currentClient();
  client.guard('handleRequest', () => {
    // Listeners that are added from now on, as those for the body, run where the handler does.
    context.bind(answering.context, request);
    context.bind(answering.context, response);
    if (!answering.isFollowed) return;
    followResponse(request, response, (answer) =>
      client.guard('handleRequest', () => answering.end({ route: routeAtEnd(options), ...answer })),
    );
  });
  const fail = (error: unknown): never => {
    client.guard('handleRequest', () => answering.fail(error));
    throw error;
  };
  try {
    // Express and Fastify give arguments of their own to what they call next.
    const result = context.with(answering.context, () => next());
    return result instanceof Promise && result.constructor === Promise ? (result.catch(fail) as T) : result;
  } catch (error) {
    return fail(error);
  }
}

async function handleWeb(
  request: Request,
  handler: (request: Request) => Response | Promise<Response>,
  options: HandleRequestOptions,
): Promise<Response> {
  const answering = begin(request, options, () => receivedByWeb(request));
  if (answering === undefined) return handler(request);
  const client = currentClient();
  const end: Answering['end'] = (answer) => {
    client.guard('handleRequest', () => answering.end({ route: routeAtEnd(options), ...answer }));
  };
  try {
    const response = await context.with(answering.context, () => handler(request));
    if (!answering.isFollowed) return response;
    return client.guard('handleRequest', () => followAnswer(request, response, answering, end)) ?? response;
  } catch (error) {
    client.guard('handleRequest', () => answering.fail(error));
    end({ status: 500, isWhole: true });
    throw error;
  }
}

/** Undefined where there is nothing to do but to answer. */
function begin(
  request: object,
  { route, session, from }: HandleRequestOptions,
  receive: () => Omit<ReceivedRequest, 'session' | 'route'>,
): Answering | undefined {
  const client = currentClient();
  if (!client.telemetry.enabled || answered.has(request)) return undefined;
  answered.add(request);
  return client.guard('handleRequest', () => {
    const received = receive();
    return enterRequest(client, {
      ...received,
      ...(from !== undefined && { hops: [from] }),
      route: typeof route === 'string' ? route : undefined,
      session: sessionOptions(session),
    });
  });
}

function sessionOptions(session: HandleRequestOptions['session']): StartSessionOptions | undefined {
  if (session === undefined || session === false) return undefined;
  if (session === true) return {};
  return typeof session === 'string' ? { name: session } : session;
}

function routeAtEnd({ route }: HandleRequestOptions): string | undefined {
  return typeof route === 'function' ? route() : undefined;
}
