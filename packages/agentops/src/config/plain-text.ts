const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/**
 * What is wrong with sending credentials to `url`; undefined where nothing is: over TLS, and where they stay on this
 * machine.
 *
 * @param shown The host as it stands in the message.
 */
export function plainTextProblem({ protocol, hostname }: URL, shown = hostname): string | undefined {
  if (protocol === 'https:' || LOOPBACK.test(hostname)) return undefined;
  return `credentials would travel in plain text to ${shown}; use https://, or set insecure: true`;
}
