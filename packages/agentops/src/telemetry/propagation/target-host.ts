import { type Context, createContextKey } from '@opentelemetry/api';

const TARGET_HOST = createContextKey('agentops.target-host');

/**
 * `context`, for injecting into a request to `host`. Set by whoever knows where the request goes; without it no baggage
 * is written.
 *
 * @param host With or without a port.
 */
export function withTargetHost(context: Context, host: string): Context {
  return context.setValue(TARGET_HOST, nameOf(host));
}

/** The host's name in lower case, without its port; undefined where nobody has said where the request goes. */
export function targetHostOf(context: Context): string | undefined {
  return context.getValue(TARGET_HOST) as string | undefined;
}

/** `Example.com:443` and `[::1]:80` without port, brackets and the root's dot. */
function nameOf(host: string): string {
  const [, bracketed, plain] = /^(?:\[([^\]]*)\]|([^:]*))(?::\d*)?$/.exec(host) ?? [];
  return (bracketed ?? plain ?? host).toLowerCase().replace(/\.$/, '');
}
