import { StoreError } from '../errors.ts';
import type { PostgresTlsMode } from './options.ts';

/** Where a database is and how to get in, as far as something says so. */
export interface ConnectionParts {
  host?: string | undefined;
  port?: string | undefined;
  user?: string | undefined;
  password?: string | undefined;
  database?: string | undefined;
  tlsMode?: PostgresTlsMode | (string & {}) | undefined;
  ca?: string | undefined;
  cert?: string | undefined;
  key?: string | undefined;
  applicationName?: string | undefined;
}

/** The parameters of libpq that mean something here, with what they are a part of. */
const PARAMETERS: Readonly<Record<string, keyof ConnectionParts>> = {
  host: 'host',
  port: 'port',
  user: 'user',
  password: 'password',
  dbname: 'database',
  sslmode: 'tlsMode',
  sslrootcert: 'ca',
  sslcert: 'cert',
  sslkey: 'key',
  application_name: 'applicationName',
};

/** Those of them that are about TLS. */
export const PARAMETERS_OF_TLS = ['ssl', 'sslmode', 'sslrootcert', 'sslcert', 'sslkey'] as const;

export const TLS_MODES: readonly PostgresTlsMode[] = [
  'disable',
  'allow',
  'prefer',
  'require',
  'verify-ca',
  'verify-full',
];

/** The mode of that name, if there is one. */
export function tlsModeOf(name: string | undefined): PostgresTlsMode | undefined {
  return TLS_MODES.find((mode) => mode === name);
}

/** No host between `//` or `user@` and what follows, which libpq allows and the standard of URLs does not. */
const WITHOUT_HOST = /^(\w+:\/\/(?:[^/?#]*@)?)(?=(?::\d*)?(?:[/?]|$))/;
/** Stands for it: no name of a host has a `~`. */
const NO_HOST = '~';

/**
 * Reads a connection URI of libpq. https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS
 *
 * @param source What the URL is called in errors, which never quote it: it may hold a password.
 * @param onUnknown Told of parameters that mean nothing here.
 * @throws StoreError with code `invalid_options`
 */
export function readConnectionUrl(
  text: string,
  source: string,
  onUnknown: (parameter: string) => void,
): ConnectionParts {
  const invalid = (problem: string) =>
    new StoreError(
      'invalid_options',
      `${source} ${problem}; expected postgres://user:password@host:port/database`,
    );
  if (!/^postgres(ql)?:\/\//.test(text)) throw invalid('does not begin with postgres://');
  if (/^[^/]*\/\/[^/?]*,/.test(text)) throw invalid('names several hosts, of which only one can be used');
  const url = URL.parse(text.replace(WITHOUT_HOST, `$1${NO_HOST}`));
  if (url === null) {
    throw invalid('is no URL (what stands in it for /, @, : or % in a password has to be percent-encoded)');
  }
  const decoded = (part: string): string | undefined => {
    try {
      return part === '' ? undefined : decodeURIComponent(part);
    } catch {
      throw invalid('holds a % that begins no percent-encoded character');
    }
  };
  const parts: ConnectionParts = {
    host: url.hostname === NO_HOST ? undefined : decoded(url.hostname.replace(/^\[(.*)\]$/, '$1')),
    port: decoded(url.port),
    user: decoded(url.username),
    password: decoded(url.password),
    database: decoded(url.pathname.slice(1)),
  };
  for (const [name, value] of url.searchParams) {
    const part = PARAMETERS[name];
    // What JDBC says; libpq knows it as well.
    if (name === 'ssl' && value === 'true') parts.tlsMode ??= 'require';
    else if (part === undefined) onUnknown(name);
    else parts[part] = value;
  }
  return parts;
}
