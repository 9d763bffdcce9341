import { type Context, context } from '@opentelemetry/api';
import { BaseInstrumentation } from '../base-instrumentation.ts';
import { replaceMember } from '../watch-iterator.ts';
import { McpCall } from './mcp-call.ts';
import { withTraceContext } from './meta-propagation.ts';
import { isHousekeeping, isRequest, type McpClient, type McpRequest } from './shapes.ts';
import { serverHostOf } from './transports.ts';

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
        ? this.#send(asked, transportOf(client), (sent) => send(sent, ...boundProgress(rest)))
        : send(asked, ...rest);
    replaceMember(client, 'request', request);
  }

  #send(
    request: McpRequest,
    transport: Transport,
    send: (request: McpRequest) => Promise<unknown>,
  ): Promise<unknown> {
    const unsampled = this.unsampledContext();
    // The server is told of the decision as well.
    if (unsampled !== undefined)
      return context.with(unsampled, () => send(this.#withTraceContext(request, unsampled, transport)));
    const call = this.createSpan(
      ({ telemetry }, parent) => new McpCall(telemetry, parent, request, 'client', transport?.sessionId),
    );
    if (call === undefined) return send(request);
    const sent = this.#withTraceContext(request, call.context, transport);
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

  #withTraceContext(request: McpRequest, active: Context, transport: Transport): McpRequest {
    const { client } = this;
    if (client === undefined) return request;
    const { propagation } = client.telemetry;
    return (
      this.guard(() => withTraceContext(propagation, request, active, serverHostOf(transport))) ?? request
    );
  }
}

type Transport = { readonly sessionId?: unknown } | undefined;

function transportOf(client: object): Transport {
  return (client as { readonly transport?: Transport }).transport;
}

/** News of a request's progress come from the connection, whose context is anybody's: they are told where it was made. */
function boundProgress(rest: readonly unknown[]): readonly unknown[] {
  const [schema, options, ...others] = rest;
  const { onprogress } = Object(options) as { readonly onprogress?: unknown };
  if (typeof onprogress !== 'function') return rest;
  return [
    schema,
    { ...(options as object), onprogress: context.bind(context.active(), onprogress) },
    ...others,
  ];
}
