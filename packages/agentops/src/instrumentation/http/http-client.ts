import { type Context, context, createContextKey, isSpanContextValid, trace } from '@opentelemetry/api';
import { isTracingSuppressed } from '@opentelemetry/core';
import type { Client } from '../../client.ts';
import { innermostContext } from '../../session/framework-context.ts';
import { carrierSetter } from '../../telemetry/propagation/carrier.ts';
import { clientSpanOf } from '../../telemetry/propagation/client-span.ts';
import { isModelHost } from '../../telemetry/propagation/model-hosts.ts';
import { isModelRequest } from '../../telemetry/propagation/model-request.ts';
import { BaseInstrumentation } from '../base-instrumentation.ts';
import type { HttpLibrary } from './http-libraries.ts';
import { OutgoingRequest } from './outgoing-request.ts';

/** A request that is about to be sent, whichever library sends it. */
export interface SendableRequest {
  /** In capitals. */
  readonly method: string;
  readonly url: URL;
  /** The value of a header the program has set; `name` in lower case. */
  header(name: string): string | undefined;
  /** Undefined where it is too late. */
  readonly addHeader: ((name: string, value: string) => void) | undefined;
}

const BAGGAGE = 'baggage';

/** Where one of these is, somebody has said already which trace the request belongs to. */
const TRACE_HEADERS = ['traceparent', 'b3', 'x-b3-traceid', 'uber-trace-id'];

const FOLLOWED = createContextKey('agentops.followed-request');

/** `base`, in which requests are followed also where `instrumentations.http` is off. */
export function withFollowedRequests(base: Context): Context {
  return base.setValue(FOLLOWED, true);
}

function isAskedFor(base: Context = context.active()): boolean {
  return base.getValue(FOLLOWED) === true;
}

/** Decides about each request of the program: whether it has a span, and which headers go with it. */
class HttpClientInstrumentation extends BaseInstrumentation {
  override readonly name = 'http';

  /** False where requests of `library` need not be looked at. */
  isAwake(library: HttpLibrary): boolean {
    return this.client !== undefined && (isAskedFor() || this.client.followsRequests(library));
  }

  /** To be called in the context of whoever sends; undefined where the request is not to be followed. */
  start(library: HttpLibrary, request: () => SendableRequest | undefined): OutgoingRequest | undefined {
    return this.guard(() => {
      const { client } = this;
      const active = innermostContext(context.active());
      if (client === undefined || isTracingSuppressed(active)) return undefined;
      if (!isAskedFor(active) && !client.followsRequests(library)) return undefined;
      // Also where a library that we know nothing of has made the span of the call.
      if (isModelRequest(active) || clientSpanOf(active)?.isModelCall) return undefined;
      const sent = request();
      if (sent === undefined || sent.method === 'CONNECT') return undefined;
      return start(client, active, sent);
    });
  }

  /** Runs bookkeeping about a request: what a listener of a channel throws would end the program. */
  follow(fn: () => void): void {
    this.guard(fn);
  }
}

export const httpClient = new HttpClientInstrumentation();

function start(client: Client, active: Context, request: SendableRequest): OutgoingRequest | undefined {
  const hosts = hostsOf(request);
  if (hosts.some(isModelHost) || isFollowed(client, request)) return undefined;
  const session = client.sessions.current(active);
  if (session === undefined) {
    // Of no session's, but of somebody's trace.
    addHeaders(client, active, request, hosts);
    return undefined;
  }
  const parent = session.contextOf(undefined, active);
  const started = client.telemetry.isSampledOut(session.span)
    ? undefined
    : new OutgoingRequest(client.telemetry, parent, request.method, request.url);
  addHeaders(client, started?.context ?? parent, request, hosts);
  return started;
}

/** Who is connected to, and who is asked for, where the program says that this is another. */
function hostsOf({ url, header }: SendableRequest): string[] {
  const asked = header('host');
  if (asked === undefined || asked === url.host || !URL.canParse(`http://${asked}`)) return [url.hostname];
  return [...new Set([url.hostname, new URL(`http://${asked}`).hostname])];
}

/** True where the request carries the context of a span that another instrumentation has made for it. */
function isFollowed({ telemetry }: Client, { header }: SendableRequest): boolean {
  const spanId = header('traceparent')?.split('-')[2];
  return spanId !== undefined && telemetry.isRunningClientSpan(spanId);
}

/** What the program has set itself stays. */
function addHeaders(
  { telemetry }: Client,
  sent: Context,
  { header, addHeader }: SendableRequest,
  hosts: readonly string[],
): void {
  const span = trace.getSpanContext(sent);
  if (addHeader === undefined || span === undefined || !isSpanContextValid(span)) return;
  const hasTrace = TRACE_HEADERS.some((name) => header(name) !== undefined);
  for (const [name, value] of headersFor(telemetry.propagation, sent, hosts)) {
    const isGiven = header(name.toLowerCase()) !== undefined || (hasTrace && name !== BAGGAGE);
    if (!isGiven) addHeader(name, value);
  }
}

/** What every one of `hosts` may have. */
function headersFor(
  propagation: Client['telemetry']['propagation'],
  sent: Context,
  hosts: readonly string[],
): [name: string, value: string][] {
  const [first = {}, ...others] = hosts.map((host) => {
    const carrier: Record<string, string> = {};
    propagation.inject(sent, carrier, carrierSetter, host);
    return carrier;
  });
  return Object.entries(first).filter(([name]) => others.every((carrier) => name in carrier));
}
