import { mkdtempSync } from 'node:fs';
import { appendFile, chown, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore, PostgresSpanExporter, type PostgresTlsOptions, postgresEngine } from '@agentops/postgres';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OwnPostgres, ownPostgres } from '../postgres-server.ts';
import { newAuthority } from './certificates.ts';
import { exported, someSpans } from './readable-spans.ts';

const authority = newAuthority('the authority of the server');
const stranger = newAuthority('somebody else');
let encrypted: OwnPostgres;
let plain: OwnPostgres;

beforeAll(async () => {
  [encrypted, plain] = await Promise.all([ownPostgres(), ownPostgres()]);
  const { key, cert } = authority.issue('localhost', 'database.example');
  await give(encrypted, 'server.key', key);
  await give(encrypted, 'server.crt', cert);
  await appendFile(join(encrypted.directory, 'postgresql.conf'), '\nssl = on\n');
  // Who comes without TLS is turned away.
  const access = join(encrypted.directory, 'pg_hba.conf');
  await writeFile(access, (await readFile(access, 'utf8')).replace(/^host /gm, 'hostssl '));
  await Promise.all([encrypted.start(), plain.start()]);
});
afterAll(() => Promise.all([encrypted.remove(), plain.remove()]));

/** Puts a file into the server's directory, owned by the user it runs as. */
async function give({ directory }: OwnPostgres, name: string, content: string): Promise<void> {
  const path = join(directory, name);
  const { uid, gid } = await stat(directory);
  await writeFile(path, content, { mode: 0o600 });
  await chown(path, uid, gid);
}

/** The host by which the server is reached matters where its name is checked. */
async function outcome(server: OwnPostgres, tls: PostgresTlsOptions, host = 'localhost'): Promise<string> {
  const url = server.url.replace('127.0.0.1', host);
  const exporter = new PostgresSpanExporter({ url, tls, retries: 0, rollups: false }, {});
  const result = await exported(exporter, someSpans(1));
  await exporter.shutdown();
  return result.error?.message ?? 'stored';
}

describe('D1: the TLS modes of the PostgreSQL exporter are those of libpq', () => {
  it.each(['prefer', 'allow', 'require'] as const)('%s encrypts, whoever the server is', async (mode) => {
    expect(await outcome(encrypted, { mode })).toBe('stored');
  });

  it('is prefer where nothing is said', async () => {
    expect(await outcome(encrypted, {})).toBe('stored');
    expect(await outcome(plain, {})).toBe('stored');
  });

  it('disable does not encrypt', async () => {
    expect(await outcome(encrypted, { mode: 'disable' })).toContain('no encryption');
    expect(await outcome(plain, { mode: 'disable' })).toBe('stored');
  });

  it.each(['require', 'verify-ca', 'verify-full'] as const)(
    '%s refuses a server without TLS',
    async (mode) => {
      expect(await outcome(plain, { mode })).toContain('does not support SSL');
    },
  );

  it.each(['require', 'verify-ca', 'verify-full'] as const)(
    '%s with an authority demands a certificate of it',
    async (mode) => {
      expect(await outcome(encrypted, { mode, ca: authority.cert })).toBe('stored');
      expect(await outcome(encrypted, { mode, ca: stranger.cert })).toContain('(tls.ca)');
    },
  );

  it('verify-ca and verify-full trust nobody who is not known', async () => {
    expect(await outcome(encrypted, { mode: 'verify-ca' })).toContain('(tls.ca)');
    expect(await outcome(encrypted, { mode: 'verify-full' })).toContain('(tls.ca)');
  });

  it('verify-full alone demands the name of the host', async () => {
    const address = '127.0.0.1';
    const { cert: ca } = authority;
    expect(await outcome(encrypted, { mode: 'verify-ca', ca }, address)).toBe('stored');
    expect(await outcome(encrypted, { mode: 'verify-full', ca }, address)).toContain('(tls.serverName)');
    expect(
      await outcome(encrypted, { mode: 'verify-full', ca, serverName: 'database.example' }, address),
    ).toBe('stored');
    expect(await outcome(encrypted, { mode: 'verify-full', ca, serverName: 'other.example' })).toContain(
      '(tls.serverName)',
    );
  });

  it('encrypts what it says it encrypts', async () => {
    const exporter = new PostgresSpanExporter({ url: encrypted.url, poolSize: 1 }, {});
    await exported(exporter, someSpans(1));
    const client = new Client({ connectionString: encrypted.url, ssl: { rejectUnauthorized: false } });
    await client.connect();
    const { rows } = await client.query(
      `SELECT DISTINCT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name = 'agentops'`,
    );
    expect(rows).toEqual([{ ssl: true }]);
    await client.end();
    await exporter.shutdown();
  });
});

describe('D2: the URL of a store means by TLS what it means to the exporter', () => {
  const opened = async ({ url }: OwnPostgres, parameters: string): Promise<string> => {
    try {
      const store = await openStore({ engine: postgresEngine(`${url}?${parameters}`), migrate: false });
      await store.ping().finally(() => store.close());
      return 'opened';
    } catch (error) {
      return (error as Error).message;
    }
  };
  const directory = mkdtempSync(join(tmpdir(), 'agentops-authority-'));
  const ca = join(directory, 'ca.crt');
  afterAll(() => rm(directory, { recursive: true }));

  it('by mode and authority', async () => {
    await writeFile(ca, authority.cert);
    expect(await opened(encrypted, 'sslmode=require')).toBe('opened');
    expect(await opened(encrypted, 'sslmode=prefer')).toBe('opened');
    expect(await opened(plain, 'sslmode=prefer')).toBe('opened');
    expect(await opened(plain, 'sslmode=require')).toContain('does not support SSL');
    expect(await opened(encrypted, 'sslmode=disable')).toContain('no encryption');
    expect(await opened(encrypted, 'sslmode=verify-ca')).toContain('(tls.ca)');
    expect(await opened(encrypted, `sslmode=verify-ca&sslrootcert=${ca}`)).toBe('opened');
    expect(await opened(encrypted, `sslmode=verify-full&sslrootcert=${ca}`)).toContain('ALTNAME');
    expect(await opened(encrypted, 'sslmode=require&sslrootcert=/no/such/file')).toContain('cannot be read');
  });
});
