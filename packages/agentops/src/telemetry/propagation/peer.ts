import { type Context, context, createContextKey } from '@opentelemetry/api';

const PEER = createContextKey('agentops.peer');

/**
 * `base`, in which a request is answered that came from `address`: what is sent inside it (a message of a protocol on
 * top of HTTP) comes from there as well.
 *
 * @param address Of the connection's other end; undefined where that is not known.
 */
export function withPeer(base: Context, address: string | undefined): Context {
  return base.setValue(PEER, address);
}

/** Who sent the request that `base` runs in; undefined outside of any, and where that is not known. */
export function peerOf(base: Context = context.active()): string | undefined {
  const peer = base.getValue(PEER);
  return typeof peer === 'string' ? peer : undefined;
}
