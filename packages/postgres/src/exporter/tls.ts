import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { checkServerIdentity } from 'node:tls';
import type { Ssl } from '../engines/postgres.ts';
import { messageOf, StoreError } from '../errors.ts';
import type { PostgresTlsMode } from './options.ts';

/** What is known about the encryption of a connection. */
export interface TlsSettings {
  mode: PostgresTlsMode;
  ca: string | undefined;
  cert: string | undefined;
  key: string | undefined;
  serverName: string | undefined;
}

/** The authorities that Node trusts. */
const SYSTEM = 'system';

/**
 * What to try in turn for a mode of libpq, which a mode may be more than one of.
 *
 * @throws StoreError with code `invalid_options` where a file cannot be read
 */
export function tlsAttempts(host: string, settings: TlsSettings): readonly Ssl[] {
  // libpq never encrypts what does not leave the machine.
  if (host.startsWith('/') || settings.mode === 'disable') return [false];
  const { mode, serverName } = settings;
  const ca = settings.ca ?? defaultFile('root.crt');
  const own = {
    ...pem('cert', settings.cert ?? defaultFile('postgresql.crt')),
    ...pem('key', settings.key ?? defaultFile('postgresql.key')),
    ...(serverName !== undefined && { servername: serverName }),
  };
  const unverified: Ssl = { ...own, rejectUnauthorized: false };
  const ofAuthority: Ssl = { ...own, ...(ca !== SYSTEM && pem('ca', ca)), rejectUnauthorized: true };
  switch (mode) {
    case 'allow':
      return [false, unverified];
    case 'prefer':
      return [unverified, false];
    case 'require':
      return ca === undefined ? [unverified] : [{ ...ofAuthority, checkServerIdentity: () => undefined }];
    case 'verify-ca':
      return [{ ...ofAuthority, checkServerIdentity: () => undefined }];
    case 'verify-full':
      return [
        {
          ...ofAuthority,
          ...(serverName !== undefined && {
            checkServerIdentity: (_host, certificate) => checkServerIdentity(serverName, certificate),
          }),
        },
      ];
  }
}

function defaultFile(name: string): string | undefined {
  const path = join(homedir(), '.postgresql', name);
  return existsSync(path) ? path : undefined;
}

/** A file's content by its path, or as it is where it is PEM already. */
function pem<Name extends string>(name: Name, value: string | undefined): { [K in Name]?: string } {
  if (value === undefined) return {};
  if (value.includes('-----BEGIN ')) return { [name]: value } as { [K in Name]: string };
  try {
    return { [name]: readFileSync(value, 'utf8') } as { [K in Name]: string };
  } catch (error) {
    throw new StoreError(
      'invalid_options',
      `tls.${name}: ${value} cannot be read (${messageOf(error)}); give the path of a PEM file, or its text`,
      { cause: error },
    );
  }
}
