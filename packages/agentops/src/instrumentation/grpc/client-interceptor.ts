import type { InterceptingCall, Interceptor } from '@grpc/grpc-js';
import { type Context, context, type Span, SpanKind } from '@opentelemetry/api';
import { isTracingSuppressed } from '@opentelemetry/core';
import type { Client } from '../../client.ts';
import * as attr from '../../semconv/attributes.ts';
import { recordFailure } from '../../telemetry/failure.ts';
import { carrierSetter } from '../../telemetry/propagation/carrier.ts';
import { isModelRequest } from '../../telemetry/propagation/model-request.ts';
import { hrNow } from '../../time.ts';
import { BaseInstrumentation } from '../base-instrumentation.ts';
import { SpanEnding } from '../span-ending.ts';
import { replaceMember } from '../watch-iterator.ts';
import { type ChannelTarget, channelTarget } from './channel-target.ts';
import { rpcMethod } from './rpc-method.ts';
import { type RpcStatus, recordClientStatus } from './rpc-status.ts';
import type { ClientCall, ClientListener, GrpcMetadata } from './shapes.ts';

export interface ClientInterceptorOptions {
  /**
   * Who answers, with or without a port, where that is not whom the channel connects to: behind a proxy. It decides
   * whether trace headers and baggage are sent. Default: the channel's target.
   */
  readonly to?: string | undefined;
}

/**
 * For `interceptors` of a client of `@grpc/grpc-js`: every call in a session is a span, of kind CLIENT, and carries trace
 * context in its metadata, and baggage where `context.baggage.hosts` allows the channel's target. It ends once, with the
 * status, however the call ends. What the call tells its caller comes in the caller's context. Calls outside of any
 * session are made as they are.
 */
export function clientInterceptor(options: ClientInterceptorOptions = {}): Interceptor {
  const instrumentation = new GrpcClientInstrumentation(options);
  return (callOptions, nextCall) => {
    const call = nextCall(callOptions);
    instrumentation.watch(call as unknown as ClientCall, callOptions.method_definition.path);
    // The declared type is that of the library's own class, of which it uses the interface alone.
    return call as InterceptingCall;
  };
}

class GrpcClientInstrumentation extends BaseInstrumentation {
  override readonly name = 'grpc client';
  readonly #to: string | undefined;

  constructor({ to }: ClientInterceptorOptions) {
    super();
    this.#to = to;
  }

  /** The call stays the library's object: what starts it is replaced in place. */
  watch(call: ClientCall, path: string): void {
    const { client } = this;
    const active = context.active();
    if (client === undefined || isTracingSuppressed(active) || isModelRequest(active)) return;
    this.guard(() => {
      const start = call.start.bind(call);
      replaceMember(call, 'start', (metadata: GrpcMetadata, listener?: ClientListener) =>
        this.#start(client, call, path, start, metadata, listener),
      );
    });
  }

  #start(
    client: Client,
    call: ClientCall,
    path: string,
    start: ClientCall['start'],
    metadata: GrpcMetadata,
    listener: ClientListener = {},
  ): void {
    const active = context.active();
    const target = this.guard(() => channelTarget(call.getPeer())) ?? { host: undefined, port: undefined };
    const host = this.#to ?? bracketed(target.host);
    // What it holds of a trace already, whoever follows this call has set: another instrumentation, or the program.
    const isFollowed = this.guard(() => hasTraceContext(metadata)) === true;
    const span = isFollowed ? undefined : this.guard(() => this.#startSpan(client, path, target));
    const ending = span && new SpanEnding(span);
    const within = this.guard(() => this.#contextOf(client, span)) ?? active;
    const sent = isFollowed
      ? metadata
      : (this.guard(() => this.#withTraceContext(client, within, metadata, host)) ?? metadata);
    try {
      start(
        sent,
        toldIn(active, listener, (status) => {
          this.guard(() => ending?.end(() => recordClientStatus(span as Span, status)));
        }),
      );
    } catch (error) {
      this.guard(() => ending?.end(() => recordFailure(span as Span, error)));
      throw error;
    }
  }

  /**
   * No event of the session: what counts is the tool or the agent that needed it. Undefined outside of any session, and in
   * one that is not sampled.
   */
  #startSpan(client: Client, path: string, { host, port }: ChannelTarget): Span | undefined {
    const session = client.sessions.current();
    if (session === undefined || client.telemetry.isSampledOut(session.span)) return undefined;
    const { name, attributes } = rpcMethod(path);
    return client.telemetry.startSpan(
      name,
      (set) => {
        for (const key in attributes) set(key, attributes[key]);
        set(attr.ATTR_SERVER_ADDRESS, host);
        set(attr.ATTR_SERVER_PORT, port);
      },
      { kind: SpanKind.CLIENT, startTime: hrNow() },
      session.contextOf(),
    );
  }

  /** What the server is told: where the call is; of a session that is not sampled, that it is not. */
  #contextOf(client: Client, span: Span | undefined): Context {
    const within = client.sessions.current()?.contextOf() ?? context.active();
    return span === undefined ? within : client.telemetry.contextWith(within, span);
  }

  /** The caller's metadata stays the caller's: it may be used again, for another call. */
  #withTraceContext(
    client: Client,
    within: Context,
    metadata: GrpcMetadata,
    host: string | undefined,
  ): GrpcMetadata {
    const sent = metadata.clone();
    client.telemetry.propagation.inject<object>(within, sent, carrierSetter, host);
    return sent;
  }
}

const TRACE_HEADERS = ['traceparent', 'b3', 'x-b3-traceid', 'uber-trace-id'];

function hasTraceContext(metadata: GrpcMetadata): boolean {
  return TRACE_HEADERS.some((name) => [metadata.get(name)].flat().length > 0);
}

/**
 * What comes for the call comes on a connection that another call, of another session, may have opened: each is told its
 * own in its own context.
 */
function toldIn(
  active: Context,
  listener: ClientListener,
  ended: (status: RpcStatus) => void,
): ClientListener {
  return {
    onReceiveMetadata: (metadata) => context.with(active, () => listener.onReceiveMetadata?.(metadata)),
    onReceiveMessage: (message) => context.with(active, () => listener.onReceiveMessage?.(message)),
    onReceiveStatus: (status) => {
      ended(status);
      context.with(active, () => listener.onReceiveStatus?.(status));
    },
  };
}

function bracketed(host: string | undefined): string | undefined {
  return host?.includes(':') ? `[${host}]` : host;
}
