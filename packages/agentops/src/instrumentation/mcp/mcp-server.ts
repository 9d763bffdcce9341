import { type Context, context } from '@opentelemetry/api';
import { messageOf } from '../../telemetry/failure.ts';
import { withTrustedCaller } from '../../telemetry/propagation/trusted-peers.ts';
import { BaseInstrumentation } from '../base-instrumentation.ts';
import { replaceMember } from '../watch-iterator.ts';
import { McpCall } from './mcp-call.ts';
import { callerContext } from './meta-propagation.ts';
import { isHousekeeping, isRequest, type McpLowLevelServer, type McpRequest } from './shapes.ts';

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
      for (const [method, handler] of handlers) handlers.set(method, this.#watch(handler as Handler));
    }
    const original = (server.setRequestHandler as SetRequestHandler).bind(server);
    const setRequestHandler: SetRequestHandler = (schema, handler) => original(schema, this.#watch(handler));
    replaceMember(server, 'setRequestHandler', setRequestHandler);
  }

  #watch(handler: Handler): Handler {
    return (request, extra) =>
      isRequest(request) && !isHousekeeping(request)
        ? this.#answer(request, extra, () => handler(request, extra))
        : handler(request, extra);
  }

  async #answer(request: McpRequest, extra: unknown, handle: () => unknown): Promise<unknown> {
    const answering = this.guard(() => this.#start(request, extra));
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

  #start(request: McpRequest, extra: unknown): Answering | undefined {
    const { client } = this;
    if (client === undefined) return undefined;
    const { telemetry, sessions } = client;
    const { sessionId } = Object(extra) as { readonly sessionId?: unknown };
    const caller = callerContext(request.params, context.active());
    if (caller === undefined) {
      const session = client.startSession({ name: request.method });
      const call = new McpCall(telemetry, session.contextOf(), request, 'server', sessionId);
      const leave = (failure?: unknown): void =>
        failure === undefined ? session.end('Success') : session.end('Fail', messageOf(failure));
      return { call, context: call.context, leave };
    }
    const entered = sessions.enter(
      withTrustedCaller(caller),
      request.method,
      (parent) => new McpCall(telemetry, parent, request, 'server-below-client', sessionId),
    );
    return { call: entered.work, context: entered.context, leave: () => entered.leave() };
  }
}
