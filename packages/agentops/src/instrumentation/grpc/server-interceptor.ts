import { isIP } from 'node:net';
import type { ServerInterceptingCall, ServerInterceptor } from '@grpc/grpc-js';
import { type Context, context, SpanKind, trace } from '@opentelemetry/api';
import type { Client } from '../../client.ts';
import { outsideSessions } from '../../session/scope.ts';
import { carrierGetter } from '../../telemetry/propagation/carrier.ts';
import { withPeer } from '../../telemetry/propagation/peer.ts';
import { withUntrustedCaller } from '../../telemetry/propagation/trusted-peers.ts';
import { GrpcStatus, grpcStatusName } from '../../telemetry/transport/grpc-status.ts';
import { BaseInstrumentation } from '../base-instrumentation.ts';
import { PartCall } from '../part-call.ts';
import { replaceMember } from '../watch-iterator.ts';
import { type RpcMethod, rpcMethod } from './rpc-method.ts';
import { type RpcStatus, recordServerStatus } from './rpc-status.ts';
import type { GrpcMetadata, ServerCall, ServerListener } from './shapes.ts';

export interface ServerInterceptorOptions {
  /**
   * Start a session around each call that brings none to go on with: of a caller that sends no trace context, or that
   * `context.trustIncoming` does not trust (then linked to its span). Default false: such a call is answered outside of any
   * session.
   */
  readonly startSessions?: boolean | undefined;
}

/**
 * For `interceptors` of a server of `@grpc/grpc-js`: a call that carries the trace context of a trusted caller (the
 * address of the connection decides, by `context.trustIncoming`) is answered as a part of the caller's session. It has a
 * span of kind SERVER, which ends once: with the status, or when the caller has gone.
 */
export function serverInterceptor(options: ServerInterceptorOptions = {}): ServerInterceptor {
  const instrumentation = new GrpcServerInstrumentation(options);
  return (method, call) => {
    instrumentation.watch(call as unknown as ServerCall, method.path);
    // The declared type is that of the library's own class, of which it uses the interface alone.
    return call as ServerInterceptingCall;
  };
}

/** A call that is being answered. */
interface Answering {
  readonly context: Context;
  end(status: RpcStatus): void;
}

class GrpcServerInstrumentation extends BaseInstrumentation {
  override readonly name = 'grpc server';
  readonly #startSessions: boolean;

  constructor({ startSessions = false }: ServerInterceptorOptions) {
    super();
    this.#startSessions = startSessions;
  }

  /** The call stays the library's object: what starts and ends it is replaced in place. */
  watch(call: ServerCall, path: string): void {
    const { client } = this;
    if (client === undefined) return;
    this.guard(() => {
      const start = call.start.bind(call);
      const sendStatus = call.sendStatus.bind(call);
      let answering: Answering | undefined;
      const end = (status: RpcStatus): void => {
        const ended = answering;
        answering = undefined;
        this.guard(() => ended?.end(status));
      };
      replaceMember(call, 'sendStatus', (status: RpcStatus) => {
        end(status);
        sendStatus(status);
      });
      replaceMember(call, 'start', (listener: ServerListener) => {
        let within = context.active();
        start({
          onReceiveMetadata: (metadata) => {
            answering = this.guard(() => this.#begin(client, call, path, metadata));
            within = answering?.context ?? within;
            context.with(within, () => listener.onReceiveMetadata(metadata));
          },
          onReceiveMessage: (message) => context.with(within, () => listener.onReceiveMessage(message)),
          onReceiveHalfClose: () => context.with(within, () => listener.onReceiveHalfClose()),
          // Comes after every end, that by a status as well.
          onCancel: () => {
            end({ code: GrpcStatus.CANCELLED, details: 'the caller has gone' });
            context.with(within, () => listener.onCancel());
          },
        });
      });
    });
  }

  #begin(client: Client, call: ServerCall, path: string, metadata: GrpcMetadata): Answering | undefined {
    const method = rpcMethod(path);
    const peer = addressOf(call.getPeer());
    const received = client.telemetry.propagation.receive<object>(metadata, carrierGetter, peer);
    const active = withPeer(context.active(), peer);
    if (received?.isTrusted) return context.with(active, () => this.#enter(client, received.context, method));
    // The connection's own context is whatever it was opened in.
    const outside = outsideSessions(active);
    const caller = received && trace.getSpanContext(received.context);
    const base = caller === undefined ? outside : withUntrustedCaller(outside, caller);
    return this.#startSessions
      ? context.with(base, () => this.#startSession(client, method))
      : { context: base, end: () => {} };
  }

  #enter(client: Client, remote: Context, method: RpcMethod): Answering {
    const part = client.sessions.enter(remote, method.name, (parent) => startPart(client, parent, method));
    return {
      context: part.context,
      end: (status) => {
        this.guard(() => part.work.end((span) => recordServerStatus(span, status)));
        part.leave();
      },
    };
  }

  #startSession(client: Client, method: RpcMethod): Answering {
    const session = client.startSession({ name: method.name });
    const within = session.contextOf();
    const work = startPart(client, within, method);
    return {
      context: trace.setSpan(within, work.span),
      end: (status) => {
        this.guard(() => work.end((span) => recordServerStatus(span, status)));
        const { code = GrpcStatus.UNKNOWN, details } = status;
        if (session.endState !== undefined || session.isDetached) return;
        if (code === GrpcStatus.OK) session.end('Success');
        else session.end('Fail', details || grpcStatusName(code));
      },
    };
  }
}

function startPart(client: Client, parent: Context, { name, attributes }: RpcMethod): PartCall {
  return new PartCall(client.telemetry, parent, { name, kind: SpanKind.SERVER, attributes });
}

/** gRPC's library writes `address:port`, also of IPv6 without brackets; of sockets that have no address, `unknown`. */
function addressOf(peer: string): string | undefined {
  const address = peer.slice(0, Math.max(peer.lastIndexOf(':'), 0));
  return isIP(address) === 0 ? undefined : address;
}
