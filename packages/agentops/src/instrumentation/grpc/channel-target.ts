import { LOCAL_PEER } from '../../telemetry/propagation/trusted-peers.ts';

/** Who a channel's calls go to. */
export interface ChannelTarget {
  /** A name or an address, without brackets; undefined where the channel has several, or something else than hosts. */
  readonly host: string | undefined;
  readonly port: number | undefined;
}

const UNKNOWN: ChannelTarget = { host: undefined, port: undefined };

/** Names of gRPC's resolvers whose endpoint is a host, and those whose endpoint never leaves the machine. */
const NETWORK = new Set(['', 'dns', 'ipv4', 'ipv6']);
const LOCAL = new Set(['unix', 'unix-abstract', 'vsock']);

/** `scheme:`, an authority that is asked for the address, and the endpoint. */
const TARGET = /^(?:([a-z][a-z\d+.-]*):)?(?:\/\/[^/]*\/)?(.*)$/i;

const ENDPOINT = /^(?:\[([^\]]+)\]|([^:]+)|([\da-f:.]+))(?::(\d+))?$/i;

/**
 * Reads a target in gRPC's syntax (https://github.com/grpc/grpc/blob/master/doc/naming.md), of which the library has
 * made one with a scheme: `dns:orders.internal:443`.
 */
export function channelTarget(target: string): ChannelTarget {
  const [, scheme = '', endpoint = ''] = TARGET.exec(target) ?? [];
  if (LOCAL.has(scheme)) return { host: LOCAL_PEER, port: undefined };
  if (!NETWORK.has(scheme)) return UNKNOWN;
  const [, bracketed, name, address, port] = ENDPOINT.exec(endpoint) ?? [];
  const host = bracketed ?? name ?? address;
  // `ipv4:` and `ipv6:` may list several.
  if (host === undefined || host.includes(',')) return UNKNOWN;
  return { host, port: port === undefined ? undefined : Number(port) };
}
