import { context } from '@opentelemetry/api';
import { enter } from '../../session/scope.ts';
import type { Session } from '../../session/session.ts';
import { messageOf } from '../../telemetry/failure.ts';
import { BaseInstrumentation } from '../base-instrumentation.ts';
import { replaceMember } from '../watch-iterator.ts';
import { McpCall } from './mcp-call.ts';
import { callerContext } from './meta-propagation.ts';
import { isHousekeeping, isRequest, type McpLowLevelServer, type McpRequest } from './shapes.ts';

type Handler = (request: unknown, extra: unknown) => unknown;
type SetRequestHandler = (schema: unknown, handler: Handler) => void;

/** A request that is being answered: its span, and the session it is part of. */
interface Answering {
  readonly call: McpCall;
  readonly session: Session;
  /** Lets go of the session; `failure` where the request failed. */
  leave(failure?: unknown): void;
}

/** Makes every request that a server answers a span: below its caller's where that sent one, else in a session of its own. */
export class McpServerInstrumentation extends BaseInstrumentation {
  override readonly name = 'mcp server';
  readonly #instrumented = new WeakSet<object>();
  /** Sessions of callers, with the number of requests that are being answered in each. */
  readonly #joined = new Map<Session, number>();

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
    const { call, session, leave } = answering;
    try {
      const result = await context.with(enter(call.context, call.span, { session }), handle);
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
      const parent = session.contextOf();
      const call = new McpCall(telemetry, parent, request, 'server', sessionId);
      const leave = (failure?: unknown): void =>
        failure === undefined ? session.end('Success') : session.end('Fail', messageOf(failure));
      return { call, session, leave };
    }
    const call = new McpCall(telemetry, caller, request, 'server-below-client', sessionId);
    const known = sessions.of(call.span);
    if (known !== undefined && !this.#joined.has(known)) return { call, session: known, leave() {} };
    const session = known ?? sessions.join(call.name, call.span);
    this.#joined.set(session, (this.#joined.get(session) ?? 0) + 1);
    return { call, session, leave: () => this.#leave(session) };
  }

  #leave(session: Session): void {
    const others = (this.#joined.get(session) ?? 1) - 1;
    this.#joined.set(session, others);
    if (others > 0) return;
    this.#joined.delete(session);
    session.end();
  }
}
