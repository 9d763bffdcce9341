import {
  type Attributes,
  type Context,
  context,
  type SpanKind,
  type TextMapGetter,
  trace,
} from '@opentelemetry/api';
import type { Client } from '../client.ts';
import { currentClient, startSession } from '../default-client.ts';
import { AgentOpsError } from '../errors.ts';
import { parseJson } from '../json.ts';
import type { Session } from '../session/session.ts';
import { detachedReference, type SessionReference, spanContextOf } from '../session/session-reference.ts';
import { carrierGetter } from '../telemetry/propagation/carrier.ts';
import { withUntrustedCaller } from '../telemetry/propagation/trusted-peers.ts';
import { aroundSession } from './around-session.ts';
import { runPart } from './run-part.ts';
import { TraceContext, type TraceContextJson } from './trace-context.ts';

/** How a session is gone on with. */
export interface ContinueOptions<Carrier = unknown> {
  /**
   * Of the span that stands for this part of the session, default `continue session`; and of the session that is started
   * where there is none to go on with, default `session`.
   */
  readonly name?: string | undefined;
  /** OpenTelemetry's kind of that span. Default `INTERNAL`; `CONSUMER` for a message from a queue. */
  readonly kind?: SpanKind | undefined;
  readonly attributes?: Attributes | undefined;
  /** How `carrier` is read. Default: a plain object, `Headers`, a `Map`, the metadata of gRPC. */
  readonly getter?: TextMapGetter<Carrier> | undefined;
  /**
   * Whoever sent the carrier: the address or name of the peer, as the connection says it. Then `context.trustIncoming`
   * decides whether its session is continued. Left out, the carrier is taken on your word; `undefined`, as the address of
   * a connection that is closed already, is a peer that is not known.
   */
  readonly from?: string | undefined;
}

/**
 * Goes on with a session of another process, around a function: its spans join the trace and the session that `carrier`
 * names. The session is ended by the process that started it; the part that runs here is a span, which ends with `fn`
 * and carries its error. Where the carrier names no session, or its sender is not trusted, `fn` runs in a session
 * of its own.
 *
 * @param carrier Headers, metadata, a message's properties, a {@link TraceContext}, its JSON, or a
 * {@link SessionReference}.
 */
export function continueSession<T, Carrier = unknown>(
  carrier: Carrier,
  fn: (session: Session) => T,
  options: ContinueOptions<Carrier> = {},
): T {
  const client = currentClient();
  const received = client.guard('continueSession', () => receive(client, carrier, options));
  if (received?.isTrusted !== true) {
    const linked =
      received === undefined ? context.active() : withUntrustedCaller(context.active(), received.caller);
    return context.with(linked, () => aroundSession(startSession({ name: options.name }), fn));
  }
  return runPart(client, received.context, options, fn);
}

/**
 * Takes over a session that was detached, in this process or another, however long ago: the same session under the same
 * ids, whose end is now yours to say. Where `reference` cannot be used, that is reported and a new session is started.
 *
 * @param reference What `session.detach()` returned, or its JSON.
 */
export function resumeSession(reference: SessionReference | string): Session {
  const client = currentClient();
  return client.guard('resumeSession', () => resumed(client, reference)) ?? startSession();
}

interface ReceivedCaller {
  readonly context: Context;
  readonly caller: NonNullable<ReturnType<typeof trace.getSpanContext>>;
  readonly isTrusted: boolean;
}

function receive<Carrier>(
  client: Client,
  carrier: Carrier,
  options: ContinueOptions<Carrier>,
): ReceivedCaller | undefined {
  if (!client.telemetry.enabled) return undefined;
  const { propagation } = client.telemetry;
  const { getter = carrierGetter } = options;
  const read = knownContext(carrier) ?? propagation.read(carrier, getter);
  const received =
    'from' in options ? propagation.judge(read, options.from) : { context: read, isTrusted: true };
  const caller = received && trace.getSpanContext(received.context);
  return received === undefined || caller === undefined ? undefined : { ...received, caller };
}

/** Of what is read whatever is propagated over the network: a context that has been read already, a reference, text. */
function knownContext(carrier: unknown): Context | undefined {
  if (carrier instanceof TraceContext) return carrier.otel;
  if (isReference(carrier)) return TraceContext.fromJSON(carrier).otel;
  if (typeof carrier !== 'string') return undefined;
  return (
    carrier.startsWith('{') ? TraceContext.fromJSON(carrier) : TraceContext.extract({ traceparent: carrier })
  ).otel;
}

function isReference(carrier: unknown): carrier is TraceContextJson {
  const { sessionId, traceparent } = Object(carrier) as Partial<SessionReference>;
  return typeof sessionId === 'string' && typeof traceparent === 'string';
}

function resumed(client: Client, reference: SessionReference | string): Session {
  const { telemetry, sessions } = client;
  if (!telemetry.enabled) return client.unrecordedSession();
  const parsed = detachedReference.safeParse(
    typeof reference === 'string' ? parseJson('resumeSession', reference) : reference,
  );
  if (!parsed.success)
    throw unusable(
      parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '),
    );
  if (telemetry.joined) {
    throw unusable(
      'in an OpenTelemetry set-up of the application’s own, ids cannot be chosen; go on with continueSession',
    );
  }
  const { traceparent, detached } = parsed.data;
  const spanContext = spanContextOf(traceparent);
  return sessions.resume({ ...detached, spanContext });
}

function unusable(problem: string): AgentOpsError {
  return new AgentOpsError(
    'invalid_argument',
    `resumeSession: ${problem}; a new session was started instead`,
  );
}
