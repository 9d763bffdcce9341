import { Socket } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { type ClientBase, Pool, type PoolClient, type PoolConfig } from 'pg';
import { codeOf, isCancelled, isUnreachable, messageOf, tooSlow } from '../errors.ts';
import { copyIn } from './copy-in.ts';
import { BEGIN, type Engine, type Load, type Queryable } from './engine.ts';
import { literal } from './literal.ts';
import { tlsOfUrl } from './tls-of-url.ts';

/** TLS as `pg` takes it; false for none. */
export type Ssl = false | ConnectionOptions;

function queryable(client: ClientBase): Queryable {
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

/** What `pg`'s clients have and its types do not. */
interface Unreferable {
  unref(): void;
}

/** An error on a connection nobody is using has no other listener, and would end the process. */
const ignore = () => {};

/**
 * A PostgreSQL 15 or newer, by URL, in which TLS means what it means to libpq, or by the options of `pg`'s pool. Opens up to four connections when they are
 * needed, waits five seconds for one, and lets the process exit while they are idle. With `allowExitOnUse` also while they are in use.
 *
 * @param ssl What to try in turn when connecting, instead of what the environment says about TLS.
 * @throws StoreError with code `invalid_options` where a certificate that the URL names cannot be read
 */
export function postgresEngine(
  connection: string | PoolConfig,
  ssl?: readonly Ssl[],
  { allowExitOnUse = false } = {},
): Engine {
  if (typeof connection === 'string') {
    const { url, ssl: ofUrl } = tlsOfUrl(connection);
    return postgresEngine({ connectionString: url }, ssl ?? ofUrl, { allowExitOnUse });
  }
  const pool = new Pool({
    application_name: 'agentops',
    max: 4,
    connectionTimeoutMillis: 5_000,
    allowExitOnIdle: true,
    // Also while it is being made.
    ...(allowExitOnUse && { stream: () => new Socket().unref() }),
    ...connection,
  });
  pool.on('error', ignore);
  pool.on('connect', (client) => client.on('error', ignore));
  const connect = ssl === undefined ? () => pool.connect() : connectBy(pool, ssl);

  const inUse = new Set<PoolClient>();

  const checkOut = async (signal?: AbortSignal): Promise<PoolClient> => {
    signal?.throwIfAborted();
    const client = await connect();
    inUse.add(client);
    if (allowExitOnUse) (client as PoolClient & Unreferable).unref();
    if (!signal?.aborted) return client;
    giveBack(client);
    throw signal.reason;
  };

  const giveBack = (client: PoolClient, broken?: Error) => {
    inUse.delete(client);
    client.release(broken);
  };

  const once = async <T>(run: (db: Queryable) => Promise<T>): Promise<T> => {
    const client = await checkOut();
    let broken: Error | undefined;
    try {
      return await run(queryable(client));
    } catch (error) {
      broken = await rollback(client);
      throw error;
    } finally {
      giveBack(client, broken);
    }
  };

  return {
    partitionBy: 'day',
    vacuums: true,
    bounded: (limit) => ({
      query: <Row>(text: string, params?: readonly unknown[]) =>
        once(async (db) => {
          await db.exec(`BEGIN READ ONLY; SET LOCAL statement_timeout = ${limit}`);
          const rows = await db.query<Row>(text, params).catch((error: unknown) => {
            throw isCancelled(error) ? tooSlow(limit, error) : error;
          });
          await db.exec('COMMIT');
          return rows;
        }),
    }),
    query: (text, params) => once((db) => db.query(text, params)),
    exec: (sql) => once((db) => db.exec(sql)),
    async transaction(run, signal) {
      const client = await checkOut(signal);
      let broken: Error | undefined;
      const cut = () => void client.end();
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
        giveBack(client, broken);
      }
    },
    async load({ sql, chunks, after }, signal) {
      const client = await checkOut(signal);
      let broken: Error | undefined;
      const cut = () => void client.end();
      signal?.addEventListener('abort', cut, { once: true });
      try {
        // Statements of one message are one transaction, and one round trip.
        await copyIn(client, `${sql};${inlined(after)}`, chunks());
      } catch (error) {
        broken = await rollback(client);
        throw error;
      } finally {
        signal?.removeEventListener('abort', cut);
        giveBack(client, broken);
      }
    },
    async close(patience) {
      const cut = () => {
        for (const client of inUse) void client.end();
      };
      patience?.addEventListener('abort', cut, { once: true });
      const ended = pool.end();
      if (patience?.aborted) cut();
      await ended;
      patience?.removeEventListener('abort', cut);
    },
  };
}

/** The statement with its parameters in it: a message of several statements has no others. */
function inlined({ text, params }: Load['after']): string {
  return text.replace(/\$(\d)/g, (_, number: string) => literal(params[Number(number) - 1] ?? ''));
}

/** Connects by what worked last, and by the others where the server will not have that. */
function connectBy(pool: Pool, ssl: readonly Ssl[]): () => Promise<PoolClient> {
  let working = 0;
  return async () => {
    let failure: unknown;
    for (const [offset] of ssl.entries()) {
      const index = (working + offset) % ssl.length;
      pool.options.ssl = ssl[index];
      try {
        const client = await pool.connect();
        working = index;
        return client;
      } catch (error) {
        if (failure === undefined || WITHOUT_TLS.test(messageOf(failure))) failure = error;
        // A password that is wrong is not shown around without encryption.
        if (isUnreachable(error) || codeOf(error) === WRONG_PASSWORD) break;
      }
    }
    throw failure;
  };
}

const WRONG_PASSWORD = '28P01';
/** What `pg` says of a server that was asked for TLS and has none. */
const WITHOUT_TLS = /does not support SSL/;

/**
 * The error for which the connection cannot go back to the pool, if any. Also where no transaction is open: a connection
 * that the server is about to close has only said so.
 */
async function rollback(client: PoolClient): Promise<Error | undefined> {
  try {
    await client.query('ROLLBACK');
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
