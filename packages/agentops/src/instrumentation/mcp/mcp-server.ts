import { type Context, context, trace } from '@opentelemetry/api';
import type { Client } from '../../client.ts';
import { messageOf } from '../../telemetry/failure.ts';
import type { Received } from '../../telemetry/propagation/propagation.ts';
import { withUntrustedCaller } from '../../telemetry/propagation/trusted-peers.ts';
import { BaseInstrumentation } from '../base-instrumentation.ts';
import { replaceMember } from '../watch-iterator.ts';
import { McpCall } from './mcp-call.ts';
import { receivedFrom } from './meta-propagation.ts';
import { isHousekeeping, isRequest, type McpLowLevelServer, type McpRequest } from './shapes.ts';
import { callerOf } from './transports.ts';

type Handler = (request: unknown, extra: unknown) => unknown;
type SetRequestHandler = (schema: unknown, handler: Handler) => void;

/** A request that is being answered. */
interface Answering {
  readonly call: McpCall;
  /** Where its handler runs. */
  readonly context: Context;
  /** Lets go of the session it is part of; `failure` where the request failed. */
  leave(failure?: unknown): void;
}

/** Makes every request that a server answers a span: below its caller's where that sent one, else in a session of its own. */
export class McpServerInstrumentation extends BaseInstrumentation {
  override readonly name = 'mcp server';
  readonly #instrumented = new WeakSet<object>();

  instrument(server: McpLowLevelServer): void {
    if (this.#instrumented.has(server)) return;
    this.#instrumented.add(server);
    // What was registered before is kept in a map, behind the check of its request.
    const handlers: unknown = Reflect.get(server, '_requestHandlers');
    if (handlers instanceof Map) {
      for (const [method, handler] of handlers) handlers.set(method, this.#watch(server, handler as Handler));
    }
    const original = (server.setRequestHandler as SetRequestHandler).bind(server);
    const setRequestHandler: SetRequestHandler = (schema, handler) =>
      original(schema, this.#watch(server, handler));
    replaceMember(server, 'setRequestHandler', setRequestHandler);
  }

  #watch(server: McpLowLevelServer, handler: Handler): Handler {
    return (request, extra) =>
      isRequest(request) && !isHousekeeping(request)
        ? this.#answer(server, request, extra, () => handler(request, extra))
        : handler(request, extra);
  }

  async #answer(
    server: McpLowLevelServer,
    request: McpRequest,
    extra: unknown,
    handle: () => unknown,
  ): Promise<unknown> {
    const answering = this.guard(() => this.#start(server, request, extra));
    if (answering === undefined) return handle();
    const { call, leave } = answering;
    try {
      const result = await context.with(answering.context, handle);
      this.guard(() => call.succeed(result));
      this.guard(() => leave());
      return result;
    } catch (error) {
      this.guard(() => call.fail(error));
      this.guard(() => leave(error));
      throw error;
    }
  }

  #start(server: McpLowLevelServer, request: McpRequest, extra: unknown): Answering | undefined {
    const { client } = this;
    if (client === undefined) return undefined;
    const { telemetry, sessions } = client;
    const { sessionId } = Object(extra) as { readonly sessionId?: unknown };
    const { transport } = server as { readonly transport?: unknown };
    const received = receivedFrom(telemetry.propagation, request.params, callerOf(transport));
    if (received?.isTrusted !== true) return this.#startSession(client, request, sessionId, received);
    const entered = sessions.enter(
      received.context,
      request.method,
      (parent) => new McpCall(telemetry, parent, request, 'server-below-client', sessionId),
    );
    return { call: entered.work, context: entered.context, leave: () => entered.leave() };
  }

  /** For a caller of whom nothing is known; linked to the span of one that is not trusted. */
  #startSession(
    client: Client,
    request: McpRequest,
    sessionId: unknown,
    received: Received | undefined,
  ): Answering {
    const caller = received && trace.getSpanContext(received.context);
    const active = context.active();
    const base = caller === undefined ? active : withUntrustedCaller(active, caller);
    const session = context.with(base, () => client.startSession({ name: request.method }));
    const call = new McpCall(client.telemetry, session.contextOf(), request, 'server', sessionId);
    const leave = (failure?: unknown): void => {
      if (session.endState !== undefined || session.isDetached) return;
      if (failure === undefined) session.end('Success');
      else session.end('Fail', messageOf(failure));
    };
    return { call, context: call.context, leave };
  }
}
