import { type ClientBase, Pool, type PoolClient, type PoolConfig } from 'pg';
import { copyIn } from './copy-in.ts';
import { BEGIN, type Engine, type Queryable } from './engine.ts';

function queryable(client: Pool | ClientBase): Queryable {
  return {
    async query<Row>(text: string, params: readonly unknown[] = []) {
      const result = await client.query(text, [...params]);
      return result.rows as Row[];
    },
    async exec(sql) {
      await client.query(sql);
    },
  };
}

/** An error on a connection nobody is using has no other listener, and would end the process. */
const ignore = () => {};

/**
 * A PostgreSQL 15 or newer, by URL or by the options of `pg`'s pool. Opens up to four connections when they are
 * needed, waits five seconds for one, and lets the process exit while they are idle.
 */
export function postgresEngine(connection: string | PoolConfig): Engine {
  const pool = new Pool({
    application_name: 'agentops',
    max: 4,
    connectionTimeoutMillis: 5_000,
    allowExitOnIdle: true,
    ...(typeof connection === 'string' ? { connectionString: connection } : connection),
  });
  pool.on('error', ignore);
  pool.on('connect', (client) => client.on('error', ignore));

  return {
    partitionBy: 'day',
    ...queryable(pool),
    async transaction(run, signal) {
      const client = await checkOut(pool, signal);
      let broken: Error | undefined;
      const cut = () => client.end();
      signal?.addEventListener('abort', cut, { once: true });
      try {
        await client.query(BEGIN);
        const result = await run({
          ...queryable(client),
          copy: (sql, chunks) => copyIn(client, sql, chunks),
        });
        await client.query('COMMIT');
        return result;
      } catch (error) {
        broken = await rollback(client);
        throw error;
      } finally {
        signal?.removeEventListener('abort', cut);
        client.release(broken);
      }
    },
    close: () => pool.end(),
  };
}

async function checkOut(pool: Pool, signal: AbortSignal | undefined): Promise<PoolClient> {
  signal?.throwIfAborted();
  const client = await pool.connect();
  if (!signal?.aborted) return client;
  client.release();
  throw signal.reason;
}

/** The error for which the connection cannot go back to the pool, if any. */
async function rollback(client: PoolClient): Promise<Error | undefined> {
  try {
    await client.query('ROLLBACK');
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
