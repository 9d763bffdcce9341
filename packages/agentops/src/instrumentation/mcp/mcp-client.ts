import { context } from '@opentelemetry/api';
import { BaseInstrumentation } from '../base-instrumentation.ts';
import { replaceMember } from '../watch-iterator.ts';
import { McpCall } from './mcp-call.ts';
import { withTraceContext } from './meta-propagation.ts';
import { isHousekeeping, isRequest, type McpClient, type McpRequest } from './shapes.ts';

type Request = (request: McpRequest, ...rest: unknown[]) => Promise<unknown>;

/** Makes every request of a client a span, and hands its context on to the server. */
export class McpClientInstrumentation extends BaseInstrumentation {
  override readonly name = 'mcp client';
  readonly #instrumented = new WeakSet<object>();

  instrument(client: McpClient): void {
    if (this.#instrumented.has(client)) return;
    this.#instrumented.add(client);
    const send = (client.request as Request).bind(client);
    const request: Request = (asked, ...rest) =>
      isRequest(asked) && !isHousekeeping(asked)
        ? this.#send(asked, sessionIdOf(client), (sent) => send(sent, ...rest))
        : send(asked, ...rest);
    replaceMember(client, 'request', request);
  }

  #send(
    request: McpRequest,
    sessionId: unknown,
    send: (request: McpRequest) => Promise<unknown>,
  ): Promise<unknown> {
    const unsampled = this.unsampledContext();
    // The server is told of the decision as well.
    if (unsampled !== undefined)
      return context.with(unsampled, () => send(withTraceContext(request, unsampled)));
    const call = this.createSpan(
      ({ telemetry }, parent) => new McpCall(telemetry, parent, request, 'client', sessionId),
    );
    if (call === undefined) return send(request);
    const sent = this.guard(() => withTraceContext(request, call.context)) ?? request;
    const fail = (error: unknown): never => {
      this.guard(() => call.fail(error));
      throw error;
    };
    try {
      return context
        .with(call.context, () => send(sent))
        .then((result) => {
          this.guard(() => call.succeed(result));
          return result;
        }, fail);
    } catch (error) {
      return fail(error);
    }
  }
}

function sessionIdOf(client: object): unknown {
  const { transport } = client as { readonly transport?: { readonly sessionId?: unknown } | undefined };
  return transport?.sessionId;
}
