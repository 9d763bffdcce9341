import { context } from '@opentelemetry/api';
import { peerOf } from '../../telemetry/propagation/peer.ts';
import { LOCAL_PEER } from '../../telemetry/propagation/trusted-peers.ts';

/** Who is at the other end of a client's transport: a host, this machine for a child process; undefined where unknown. */
export function serverHostOf(transport: unknown): string | undefined {
  const { _url: url } = Object(transport) as { readonly _url?: unknown };
  if (url instanceof URL) return url.host;
  return isLocal(transport) ? LOCAL_PEER : undefined;
}

/**
 * Who is at the other end of a server's transport. Of a protocol on top of HTTP only the request's own handler knows; a
 * transport of another kind may lead anywhere, and its caller is not known.
 */
export function callerOf(transport: unknown): string | undefined {
  return isLocal(transport) ? LOCAL_PEER : peerOf(context.active());
}

/** True of pipes to a parent or a child process, and of transports inside this one. */
function isLocal(transport: unknown): boolean {
  const known = Object(transport) as object;
  return '_stdin' in known || '_serverParams' in known || '_otherTransport' in known;
}
