import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { PostgresSpanExporterOptions } from '../../src/exporter/options.ts';
import { settingsOf } from '../../src/exporter/settings.ts';

const SECRET = ['p', 'a/s:s@', 'w'].join('');

function settings(options: PostgresSpanExporterOptions, environment: Record<string, string> = {}) {
  const warnings: string[] = [];
  return { ...settingsOf(options, environment, (message) => warnings.push(message)), warnings };
}

describe('D1: the options of the PostgreSQL exporter', () => {
  it('have defaults', () => {
    expect(settings({})).toMatchObject({
      connection: { host: 'localhost', port: 5432, user: userInfo().username, max: 2 },
      ssl: [{ rejectUnauthorized: false }, false],
      names: { schema: 'agentops', table: 'spans' },
      project: 'default',
      batchSize: 2_000,
      interval: 0,
      timeout: 10_000,
      retries: 5,
      migrate: true,
      rollups: true,
      warnings: [],
    });
  });

  it('take a password as it is, and that of the environment for a URL without, as libpq does', () => {
    const password = ` ${SECRET}\t`;
    const file = join(mkdtempSync(join(tmpdir(), 'agentops-password-')), 'password');
    writeFileSync(file, `${password}\n`);
    for (const environment of [
      { AGENTOPS_POSTGRES_PASSWORD: password },
      { AGENTOPS_POSTGRES_PASSWORD_FILE: file },
      { PGPASSWORD: password },
    ]) {
      expect(settings({ url: 'postgres://u@elsewhere' }, environment).connection.password).toBe(password);
      expect(settings({ url: 'postgres://u:own@elsewhere' }, environment).connection.password).toBe('own');
    }
    rmSync(join(file, '..'), { recursive: true });
  });

  it('come from code, then AGENTOPS_POSTGRES_URL, then AGENTOPS_POSTGRES_*, then PG*', () => {
    const PG = { PGHOST: 'pg', PGPORT: '1', PGUSER: 'pg', PGDATABASE: 'pg', PGSSLMODE: 'disable' };
    const own = { AGENTOPS_POSTGRES_HOST: 'own', AGENTOPS_POSTGRES_PORT: '2', AGENTOPS_POSTGRES_USER: 'own' };
    const url = { AGENTOPS_POSTGRES_URL: 'postgresql://in-url:3' };
    expect(settings({}, PG)).toMatchObject({
      connection: { host: 'pg', port: 1, user: 'pg', database: 'pg' },
      ssl: [false],
    });
    expect(settings({}, { ...PG, ...own }).connection).toMatchObject({
      host: 'own',
      port: 2,
      user: 'own',
      database: 'pg',
    });
    expect(settings({}, { ...PG, ...own, ...url }).connection).toMatchObject({
      host: 'in-url',
      port: 3,
      user: 'own',
    });
    expect(settings({ host: 'code' }, { ...PG, ...own, ...url }).connection).toMatchObject({
      host: 'code',
      port: 3,
    });
    expect(settings({ url: 'postgres://first', host: 'code' }, PG).connection).toMatchObject({
      host: 'first',
      port: 1,
    });
  });

  it('read a URL of libpq', () => {
    const url = `postgres://us%20er:${encodeURIComponent(SECRET)}@[::1]:6543/my%20db?sslmode=require&application_name=shop&target_session_attrs=any`;
    expect(settings({ url })).toMatchObject({
      connection: {
        host: '::1',
        port: 6543,
        user: 'us er',
        password: SECRET,
        database: 'my db',
        application_name: 'shop',
      },
      ssl: [{ rejectUnauthorized: false }],
      warnings: [expect.stringContaining('target_session_attrs')],
    });
    expect(settings({ url: 'postgres:///db?host=/run/postgresql' })).toMatchObject({
      connection: { host: '/run/postgresql', database: 'db' },
      ssl: [false],
    });
    expect(settings({ url: 'postgres://host/db?ssl=true' })).toMatchObject({
      ssl: [{ rejectUnauthorized: false }],
      warnings: [],
    });
  });

  it.each([
    ['postgres://user:pw@/db?host=/cloudsql/shop', { host: '/cloudsql/shop', user: 'user', password: 'pw' }],
    ['postgres://user@/db', { host: 'localhost', user: 'user', database: 'db' }],
    ['postgres://:6543/db', { host: 'localhost', port: 6543, database: 'db' }],
    ['postgres://%2Frun%2Fpostgresql/db', { host: '/run/postgresql', database: 'db' }],
    ['postgres://', { host: 'localhost', port: 5432 }],
    ['postgres://user:a@:b@host/db', { host: 'host', user: 'user', password: 'a@:b' }],
  ])('read %s as libpq does', (url, connection) => {
    expect(settings({ url })).toMatchObject({ connection, warnings: [] });
  });

  it('name the application to the server as PGAPPNAME does', () => {
    expect(settings({}, { PGAPPNAME: 'shop' }).connection.application_name).toBe('shop');
  });

  it('read secrets from files', () => {
    const directory = mkdtempSync(join(tmpdir(), 'agentops-secrets-'));
    const file = join(directory, 'password');
    writeFileSync(file, `${SECRET}\n`);
    expect(settings({}, { AGENTOPS_POSTGRES_PASSWORD_FILE: file }).connection.password).toBe(SECRET);
    rmSync(directory, { recursive: true });
    expect(settings({}, { AGENTOPS_POSTGRES_PASSWORD_FILE: file }).warnings).toEqual([
      expect.stringContaining('AGENTOPS_POSTGRES_PASSWORD_FILE cannot be read'),
    ]);
    // Without the URL the spans would go to another database.
    expect(() => settings({}, { AGENTOPS_POSTGRES_URL_FILE: file })).toThrow(
      /^AGENTOPS_POSTGRES_URL_FILE cannot be read/,
    );
  });

  it('name what is wrong in code, and never quote a URL', () => {
    const flawed: [PostgresSpanExporterOptions, RegExp][] = [
      [{ poolSize: 0 }, /poolSize is 0; expected a whole number from 1 to 64/],
      [{ timeout: 1.5 }, /timeout is 1.5/],
      [{ port: 70_000 }, /port is "70000"/],
      [{ table: 't'.repeat(60) }, /table is .* expected a name of 1 to 52 bytes/],
      [{ tls: { ca: '/no/such/file' } }, /tls\.ca: \/no\/such\/file cannot be read/],
      [{ url: `http://user:${SECRET}@host` }, /^url does not begin with postgres:\/\//],
      [{ url: `postgres://user:${SECRET}@host:port/x` }, /^url is no URL/],
      [{ url: `postgres://one:1,two:2/x` }, /^url names several hosts/],
      [{ url: 'postgres://host?sslmode=yes' }, /tls\.mode is "yes"; expected one of disable, allow/],
    ];
    for (const [options, message] of flawed) {
      expect(() => settings(options)).toThrow(message);
      expect(() => settings(options)).toThrow(expect.objectContaining({ code: 'invalid_options' }));
      expect(() => settings(options)).not.toThrow(SECRET);
    }
  });

  it.each([
    [{ connectionString: SECRET }, /^connectionString is no option; there are url, host, /],
    [{ ssl: true }, /^ssl is no option; .* tls, /],
    [{ tls: { rejectUnauthorized: false } }, /^tls\.rejectUnauthorized is no option; there are mode, ca, /],
    [{ tls: 'require' }, /^tls is a string; expected an object$/],
    [{ url: new URL(`postgres://user:pw@host/db`) }, /^url is an object; expected a string$/],
    [{ migrate: 'false' }, /^migrate is a string; expected true or false$/],
    [{ host: null }, /^host is null; expected a string$/],
    [null, /^the options are null; expected an object$/],
    [{ project: '' }, /^project is ""; expected a name$/],
    [{ project: 'a\0b' }, /^project is "a\\u0000b"/],
  ])('refuse %j, which TypeScript would', (options, message) => {
    expect(() => settings(options as PostgresSpanExporterOptions)).toThrow(message);
    expect(() => settings(options as PostgresSpanExporterOptions)).toThrow(
      expect.objectContaining({ code: 'invalid_options' }),
    );
  });

  it('warn of what is wrong in the environment, and use the default', () => {
    const { poolSize, migrate, warnings } = settings(
      {},
      { AGENTOPS_POSTGRES_POOL_SIZE: 'many', AGENTOPS_POSTGRES_MIGRATE: 'perhaps' },
    );
    expect({ poolSize, migrate }).toEqual({ poolSize: 2, migrate: true });
    expect(warnings).toEqual([
      expect.stringContaining('AGENTOPS_POSTGRES_POOL_SIZE is "many", expected a whole number'),
      expect.stringContaining('AGENTOPS_POSTGRES_MIGRATE is "perhaps", expected true or false'),
    ]);
  });
});
