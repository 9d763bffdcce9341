import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { reachablePostgres } from './reachable-postgres.ts';

/** A PostgreSQL server for the tests of one file. */
export interface PostgresServer {
  /** Makes an empty database and returns its URL. */
  newDatabase(): Promise<string>;
  stop(): Promise<void>;
}

/** The server of `TEST_DATABASE_URL`, or one from npm on a free port. */
export async function startPostgres(): Promise<PostgresServer> {
  const given = process.env.TEST_DATABASE_URL;
  if (given)
    return serverAt(given, (made) =>
      administer(given, ...made.map((name) => `DROP DATABASE ${name} WITH (FORCE)`)),
    );
  const port = await freePort();
  const EmbeddedPostgres = await reachablePostgres();
  const server = new EmbeddedPostgres({
    databaseDir: await mkdtemp(join(tmpdir(), 'agentops-postgres-')),
    port,
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    // By default that of the locale, and a machine may have none.
    initdbFlags: ['--encoding=UTF8'],
    onLog: () => {},
  });
  await server.initialise();
  await server.start();
  return serverAt(`postgres://postgres:password@127.0.0.1:${port}/postgres`, () => server.stop());
}

/** A server that a test has for itself, to stop it and start it again. */
export interface OwnPostgres {
  url: string;
  /** Its data, with `postgresql.conf` and `pg_hba.conf`, which the next start reads. */
  directory: string;
  start(): Promise<void>;
  stop(): Promise<void>;
  remove(): Promise<void>;
}

/** A server from npm that has not been started yet. */
export async function ownPostgres(): Promise<OwnPostgres> {
  const port = await freePort();
  const directory = await mkdtemp(join(tmpdir(), 'agentops-postgres-'));
  const EmbeddedPostgres = await reachablePostgres();
  const server = new EmbeddedPostgres({
    databaseDir: directory,
    port,
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    // By default that of the locale, and a machine may have none.
    initdbFlags: ['--encoding=UTF8'],
    onLog: () => {},
  });
  await server.initialise();
  return {
    url: `postgres://postgres:password@127.0.0.1:${port}/postgres`,
    directory,
    start: () => server.start(),
    stop: () => server.stop(),
    async remove() {
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** @param stop Told of the databases that were made. */
function serverAt(url: string, stop: (made: readonly string[]) => Promise<void>): PostgresServer {
  const made: string[] = [];
  return {
    async newDatabase() {
      const name = `agentops_${randomUUID().replaceAll('-', '')}`;
      await administer(url, `CREATE DATABASE ${name}`);
      made.push(name);
      return Object.assign(new URL(url), { pathname: `/${name}` }).href;
    },
    stop: () => stop(made),
  };
}

/** Runs `statements` on the server, one after the other. */
export async function administer(url: string, ...statements: string[]): Promise<void> {
  const client = new Client(url);
  await client.connect();
  for (const statement of statements) await client.query(statement);
  await client.end();
}

/** A port nothing listens on. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => probe.once('listening', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
