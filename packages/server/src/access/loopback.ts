import type { IncomingHttpHeaders } from 'node:http';
import { Refusal } from '../http/refusal.ts';

const LOOPBACK_ADDRESS = /^(?:localhost|127(?:\.\d{1,3}){3}|::1)$/i;
const LOOPBACK_HOST = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i;

/** Whether a server listening on `host` can be reached from this machine only. */
export function isLoopback(host: string): boolean {
  return LOOPBACK_ADDRESS.test(host);
}

/**
 * Refuses what a page from elsewhere can make a browser on this machine send. A name that an attacker points at
 * 127.0.0.1 (DNS rebinding) shows in `Host`; a page on another origin shows in `Origin`.
 *
 * @throws {Refusal} 403 `foreign_host` or `foreign_origin`.
 */
export function requireLocal(headers: IncomingHttpHeaders): void {
  const { host = '', origin } = headers;
  if (!LOOPBACK_HOST.test(host)) {
    throw new Refusal(
      403,
      'foreign_host',
      `Host ${JSON.stringify(host)} is not this machine. Use localhost or 127.0.0.1, or send an API key.`,
    );
  }
  if (origin !== undefined && origin !== `http://${host.toLowerCase()}`) {
    throw new Refusal(
      403,
      'foreign_origin',
      `Origin ${JSON.stringify(origin)} is not this server's. Open the dashboard here, or send an API key.`,
    );
  }
}
