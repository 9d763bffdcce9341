const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** True where what is sent to `url` crosses a network unencrypted: not over TLS, and not where it stays on this machine. */
export function travelsInPlainText({ protocol, hostname }: URL): boolean {
  return protocol !== 'https:' && !LOOPBACK.test(hostname);
}

/**
 * What is wrong with sending credentials to `url`; undefined where nothing is.
 *
 * @param shown The host as it stands in the message.
 */
export function plainTextProblem(url: URL, shown = url.hostname): string | undefined {
  if (!travelsInPlainText(url)) return undefined;
  return `credentials would travel in plain text to ${shown}; use https://, or set insecure: true`;
}
