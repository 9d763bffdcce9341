import type { PostgresExporterOptions, TlsOptions } from '../config/exporter-options.ts';
import { messageOf } from '../telemetry/failure.ts';
import { loadTls } from '../telemetry/transport/tls-files.ts';
import { connectionFailure } from './connection-failure.ts';
import { failure, type ProbeResult } from './probe-result.ts';

/** A name that is no literal: the package is not there at compile time, and need not be there at run time. */
const PACKAGE: string = '@agentops/postgres';

const OLDEST_VERSION = 15;

/** The part of the package that is used. */
interface PostgresPackage {
  postgresEngine(connection: string | object): {
    query<Row>(text: string, params?: readonly unknown[]): Promise<Row[]>;
    close(): Promise<void>;
  };
}

interface Findings {
  readonly version: string;
  readonly database: string;
  readonly user: string;
  readonly has_schema: boolean;
  readonly may_create: boolean;
}

/** Connects, and asks for what the exporter will need. Changes nothing. Never rejects. */
export async function probePostgres(
  options: Omit<PostgresExporterOptions, 'batch' | 'retry'>,
): Promise<ProbeResult> {
  const postgres = await load();
  if (postgres === undefined) {
    return failure('the package @agentops/postgres is not installed', `Install it: npm install ${PACKAGE}`);
  }
  const schema = options.schema ?? 'agentops';
  try {
    const engine = postgres.postgresEngine(connectionOf(options));
    try {
      const [found] = await engine.query<Findings>(
        `SELECT current_setting('server_version') AS version, current_database() AS database, current_user AS user,
                to_regnamespace($1) IS NOT NULL AS has_schema,
                has_database_privilege(current_database(), 'CREATE') AS may_create`,
        [`"${schema.replaceAll('"', '""')}"`],
      );
      return judge(found as Findings, schema);
    } finally {
      await engine.close();
    }
  } catch (error) {
    return explain(error, whereabouts(options));
  }
}

async function load(): Promise<PostgresPackage | undefined> {
  try {
    return (await import(PACKAGE)) as PostgresPackage;
  } catch {
    return undefined;
  }
}

function judge({ version, database, user, has_schema, may_create }: Findings, schema: string): ProbeResult {
  const where = `database ${database}, PostgreSQL ${version}`;
  if (Number.parseInt(version, 10) < OLDEST_VERSION) {
    return failure(`${where}: too old`, `Use PostgreSQL ${OLDEST_VERSION} or newer.`);
  }
  if (!has_schema && !may_create) {
    return failure(
      `${where}: ${user} may not create the schema ${schema}`,
      `Let the owner of the database run: CREATE SCHEMA ${schema} AUTHORIZATION ${user}`,
    );
  }
  return { outcome: 'ok', message: `${where}: connected as ${user}` };
}

function explain(error: unknown, where: string): ProbeResult {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  if (code.startsWith('28')) {
    return failure(
      `${where}: ${messageOf(error)}`,
      'Correct user and password (url, or AGENTOPS_POSTGRES_URL).',
    );
  }
  if (code === '3D000')
    return failure(`${where}: ${messageOf(error)}`, 'Create the database, or correct its name.');
  return connectionFailure(where, error);
}

function connectionOf(options: Omit<PostgresExporterOptions, 'batch' | 'retry'>): string | object {
  const { url, host, port, user, password, database, tls } = options;
  const { mode, ...files } = tls ?? {};
  const ssl =
    mode === undefined || mode === 'prefer'
      ? undefined
      : mode !== 'disable' && { ...sslFiles(files), rejectUnauthorized: mode.startsWith('verify') };
  const given = { connectionString: url, host, port, user, password, database, ssl, max: 1 };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function sslFiles(files: TlsOptions) {
  const { serverName, ...pems } = loadTls(files);
  return { ...pems, ...(serverName !== undefined && { servername: serverName }) };
}

/** Without the password. */
function whereabouts({
  url,
  host = 'localhost',
  port = 5432,
  database,
}: Partial<PostgresExporterOptions>): string {
  if (url === undefined || !URL.canParse(url))
    return `postgres ${host}:${port}${database === undefined ? '' : `/${database}`}`;
  const { host: address, pathname } = new URL(url);
  return `postgres ${address}${pathname}`;
}
