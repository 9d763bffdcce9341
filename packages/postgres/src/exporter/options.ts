/** PostgreSQL's own modes, as libpq means them: https://www.postgresql.org/docs/current/libpq-ssl.html */
export type PostgresTlsMode = 'disable' | 'allow' | 'prefer' | 'require' | 'verify-ca' | 'verify-full';

/** How a `PostgresSpanExporter` encrypts its connections. Files may be given by path or as the PEM text itself. */
export interface PostgresTlsOptions {
  /**
   * `prefer` (default) encrypts where the server can, `require` always; neither looks at the certificate, but that
   * `require` with a `ca` is `verify-ca`. `verify-ca` demands a certificate of that authority, `verify-full` also that it
   * is made out to the host.
   */
  readonly mode?: PostgresTlsMode | undefined;
  /** The authorities to trust. Default `~/.postgresql/root.crt` where it is there, else those of Node (`system`). */
  readonly ca?: string | undefined;
  /** Of the client; together with `key`. Default `~/.postgresql/postgresql.crt` and `.key` where they are there. */
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  /** The name the server's certificate is checked against, where it differs from the host. */
  readonly serverName?: string | undefined;
}

/**
 * How a `PostgresSpanExporter` works. What is not given comes from `AGENTOPS_POSTGRES_URL`, then from
 * `AGENTOPS_POSTGRES_` and the option's name (`AGENTOPS_POSTGRES_POOL_SIZE`), then from libpq's `PGHOST`, `PGSSLMODE` and
 * the like, then from the defaults.
 */
export interface PostgresSpanExporterOptions {
  /** `postgres://user:password@host:port/database?sslmode=verify-full`. Before the options it has parts of. */
  readonly url?: string | undefined;
  /** A name, an address, or the directory of a Unix socket. Default `localhost`. */
  readonly host?: string | undefined;
  /** Default 5432. */
  readonly port?: number | undefined;
  /** Default: the user the process runs as. */
  readonly user?: string | undefined;
  /** Also `~/.pgpass` is looked at. */
  readonly password?: string | undefined;
  /** Default: the name of the user. */
  readonly database?: string | undefined;
  readonly tls?: PostgresTlsOptions | undefined;
  /** Holds all tables; made where it is missing. Default `agentops`, where the AgentOps backend looks. */
  readonly schema?: string | undefined;
  /** The table of the spans, within the schema. Default `spans`. */
  readonly table?: string | undefined;
  /** Connections at most, 1 to 64. Default 2. */
  readonly poolSize?: number | undefined;
  /** Whose spans they are. Default `default`. */
  readonly project?: string | undefined;
  /** Spans of one transaction at most, 1 to 10,000. Default 2,000. */
  readonly batchSize?: number | undefined;
  /** Milliseconds that fewer spans wait for more to come. Default 0: those that come during a write go together. */
  readonly interval?: number | undefined;
  /** Milliseconds one attempt may take, connecting included. Default 10,000. */
  readonly timeout?: number | undefined;
  /** Further attempts of `export` after one that failed for a passing reason, with growing pauses. Default 5. */
  readonly retries?: number | undefined;
  /** Make and upgrade the schema. Default true; false where the user of the database may not. */
  readonly migrate?: boolean | undefined;
  /**
   * Store spans of any time, to import old ones. Default false: a session that began more than 30 days ago, or after
   * tomorrow, is rejected with that reason.
   */
  readonly anyTime?: boolean | undefined;
  /**
   * Keep the totals of traces and sessions up to date. Default true; false where an AgentOps backend on the same
   * database does.
   */
  readonly rollups?: boolean | undefined;
}
