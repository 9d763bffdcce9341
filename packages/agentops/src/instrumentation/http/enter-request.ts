import { type Context, context, trace } from '@opentelemetry/api';
import type { Client } from '../../client.ts';
import { outsideSessions, scopeOf } from '../../session/scope.ts';
import type { StartSessionOptions } from '../../session/session-options.ts';
import { messageOf } from '../../telemetry/failure.ts';
import { carrierGetter } from '../../telemetry/propagation/carrier.ts';
import { withPeer } from '../../telemetry/propagation/peer.ts';
import { withUntrustedCaller } from '../../telemetry/propagation/trusted-peers.ts';
import { spanName } from './http-conventions.ts';
import { type AnswerOutline, IncomingRequest, type RequestOutline } from './incoming-request.ts';

/** A request as its caller sent it. */
export interface ReceivedRequest extends RequestOutline {
  readonly headers: object;
  /** Who it came by, as far as that is known: the other end of the connection, and the proxies' callers. */
  readonly hops: readonly (string | undefined)[];
  /** What it is answered in, where its caller has no session that can be continued. */
  readonly session: StartSessionOptions | undefined;
}

/** A request that is being answered. */
export interface Answering {
  /** Where its handler runs. */
  readonly context: Context;
  /** False where nobody waits for the end. */
  readonly isFollowed: boolean;
  /** The handler has failed; the answer may still come. */
  fail(error: unknown): void;
  /** The answer is out, or the caller gone. */
  end(answer: AnswerOutline): void;
}

/**
 * Begins to answer: as a part of the caller's session where the caller is trusted, else in a session of its own where one
 * is wanted, else outside of any.
 */
export function enterRequest(client: Client, request: ReceivedRequest): Answering {
  const { sessions, telemetry } = client;
  const peer = leastTrusted(client, request.hops);
  const received = telemetry.propagation.receive(request.headers, carrierGetter, peer);
  if (received?.isTrusted === true) {
    const { work, context, leave } = sessions.enter(received.context, nameOf(request), (parent) =>
      below(client, parent, request),
    );
    return {
      context: withPeer(context, peer),
      isFollowed: true,
      fail: (error) => work.fail(error),
      end: (answer) => {
        work.end(answer);
        leave();
      },
    };
  }
  const caller = received && trace.getSpanContext(received.context);
  const outside = withPeer(outsideSessions(context.active()), peer);
  const base = caller === undefined ? outside : withUntrustedCaller(outside, caller);
  return request.session === undefined
    ? { context: base, isFollowed: false, fail: () => {}, end: () => {} }
    : inSession(client, base, request, request.session);
}

function inSession(
  client: Client,
  base: Context,
  request: ReceivedRequest,
  options: StartSessionOptions,
): Answering {
  const session = context.with(base, () => client.startSession({ name: nameOf(request), ...options }));
  const within = session.contextOf(undefined, base);
  const work = new IncomingRequest(client.telemetry, within, request);
  let failure: unknown;
  return {
    context: client.telemetry.contextWith(within, work.span),
    isFollowed: true,
    fail: (error) => {
      failure = error;
      work.fail(error);
    },
    end: (answer) => {
      work.end(answer);
      const { status, isWhole } = answer;
      if (session.endState !== undefined || session.isDetached) return;
      if (failure !== undefined) session.end('Fail', messageOf(failure));
      else if (status !== undefined && status >= 500) session.end('Fail', `answered with ${status}`);
      else if (isWhole) session.end('Success');
      else session.end('Indeterminate', 'the caller closed the connection');
    },
  };
}

/** Where a framework or another instrumentation has gone on with the caller's trace already, its span is the one. */
function below(client: Client, parent: Context, request: ReceivedRequest): IncomingRequest | ForeignSpan {
  const span = client.telemetry.currentSpan(parent);
  const isForeign = span?.spanContext().isRemote !== true && scopeOf(context.active()) === undefined;
  return isForeign && span !== undefined
    ? { span, fail: () => {}, end: () => {} }
    : new IncomingRequest(client.telemetry, parent, request);
}

type ForeignSpan = Pick<IncomingRequest, 'span' | 'fail' | 'end'>;

function nameOf({ method, route }: ReceivedRequest): string {
  return spanName(method, route);
}

/** Whoever of those it came by is not trusted; all have handed it on, and any could have written it. */
function leastTrusted({ telemetry }: Client, hops: ReceivedRequest['hops']): string | undefined {
  const untrusted = hops.findIndex((hop) => !telemetry.propagation.trusts(hop));
  return hops[Math.max(0, untrusted)];
}
