import { type Context, createContextKey } from '@opentelemetry/api';

const TARGET = createContextKey('agentops.target-host');

/** Who a request goes to. */
export interface Target {
  /** The host's name in lower case, without its port; undefined for what is no host: nothing is sent there. */
  readonly host: string | undefined;
}

/**
 * `context`, for injecting into a request to `host`. Set by whoever knows where the request goes; without it no baggage
 * is written.
 *
 * @param host With or without a port.
 */
export function withTargetHost(context: Context, host: string): Context {
  return context.setValue(TARGET, { host: nameOf(host) } satisfies Target);
}

/** Undefined where nobody has said where the request goes. */
export function targetOf(context: Context): Target | undefined {
  return context.getValue(TARGET) as Target | undefined;
}

/** A name or an IPv4 address, or an IPv6 address in brackets; each with or without a port. */
const HOST = /^(?:([\w.-]+)|\[([\da-f:.]+)\])(?::\d*)?$/i;

/** Without port, brackets and the root's dot; undefined for what is no host, so that nothing is sent there. */
function nameOf(host: string): string | undefined {
  const [, name, address] = HOST.exec(host) ?? [];
  return (name ?? address)?.toLowerCase().replace(/\.$/, '');
}
