import { PARAMETERS_OF_TLS, tlsModeOf } from '../exporter/connection-url.ts';
import { tlsAttempts } from '../exporter/tls.ts';
import type { Ssl } from './postgres.ts';

/** A URL for `pg`, and how to encrypt the connections. */
export interface UrlAndTls {
  url: string;
  /** What to try in turn; undefined where nothing is said. */
  ssl?: readonly Ssl[];
}

/**
 * Takes out of a connection URL what it says about TLS, and reads that as libpq does: to `pg`, `prefer` and `require` mean
 * `verify-full`. Where the URL does not say a mode, `PGSSLMODE` does.
 *
 * @throws StoreError with code `invalid_options` where a certificate cannot be read
 */
export function tlsOfUrl(text: string, environment = process.env): UrlAndTls {
  const url = URL.parse(text);
  const stated = url?.searchParams.get('sslmode') ?? environment.PGSSLMODE;
  const mode = tlsModeOf(stated);
  // What only `pg` knows (`no-verify`, `uselibpqcompat`) stays its own.
  if (url === null || mode === undefined || url.searchParams.has('uselibpqcompat')) return { url: text };
  const said = (name: string) => url.searchParams.get(name) ?? undefined;
  const host = said('host') ?? decodeURIComponent(url.hostname);
  const ssl = tlsAttempts(host, {
    mode,
    ca: said('sslrootcert') ?? environment.PGSSLROOTCERT,
    cert: said('sslcert') ?? environment.PGSSLCERT,
    key: said('sslkey') ?? environment.PGSSLKEY,
    serverName: undefined,
  });
  for (const name of PARAMETERS_OF_TLS) url.searchParams.delete(name);
  return { url: url.href, ssl };
}
