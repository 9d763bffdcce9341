import { BlockList, isIP } from 'node:net';
import { type Context, createContextKey, type SpanContext } from '@opentelemetry/api';
import type { TrustIncoming } from '../../config/pipeline-options.ts';
import { compileHostRule } from './host-rules.ts';

/** Loopback, and the ranges that are not routed on the internet (RFC 1918, 4193, 3927, 4291). */
const INTERNAL: readonly [network: string, prefix: number, family: 'ipv4' | 'ipv6'][] = [
  ['127.0.0.0', 8, 'ipv4'],
  ['10.0.0.0', 8, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  ['::1', 128, 'ipv6'],
  ['fc00::', 7, 'ipv6'],
  ['fe80::', 10, 'ipv6'],
];

/** The peer of a connection that never leaves the machine: a pipe, a Unix socket, the parent process. */
export const LOCAL_PEER = 'localhost';

/**
 * Says of a peer whether the trace context and the baggage it sends are taken. A peer that is not known is not trusted.
 *
 * @param trust `internal` is loopback, the private ranges and `hosts`.
 * @param hosts Names and addresses; `*` stands for any characters.
 */
export function compileTrust(
  trust: TrustIncoming,
  hosts: readonly string[],
): (peer: string | undefined) => boolean {
  if (trust !== 'internal') return () => trust === 'all';
  const isListed = compileHostRule(hosts);
  const internal = new BlockList();
  for (const network of INTERNAL) internal.addSubnet(...network);
  return (peer) => {
    if (peer === undefined) return false;
    const [address = ''] = peer.toLowerCase().split('%', 1);
    if (address === LOCAL_PEER || isListed(address)) return true;
    const version = isIP(address);
    return version !== 0 && internal.check(address, version === 4 ? 'ipv4' : 'ipv6');
  };
}

const TRUSTED = createContextKey('agentops.trusted-caller');

/** `context`, which came from a caller whose sampling decision is to be followed. */
export function withTrustedCaller(context: Context): Context {
  return context.setValue(TRUSTED, true);
}

export function isOfTrustedCaller(context: Context): boolean {
  return context.getValue(TRUSTED) === true;
}

const UNTRUSTED = createContextKey('agentops.untrusted-caller');

/** `context`, in which a session that starts is linked to the span of a caller whose own is not continued. */
export function withUntrustedCaller(context: Context, caller: SpanContext): Context {
  return context.setValue(UNTRUSTED, caller);
}

export function untrustedCallerOf(context: Context): SpanContext | undefined {
  return context.getValue(UNTRUSTED) as SpanContext | undefined;
}
