import { randomUUID } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
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
  if (given) return serverAt(given, async () => {});
  const port = await freePort();
  const EmbeddedPostgres = await reachablePostgres();
  const server = new EmbeddedPostgres({
    databaseDir: await mkdtemp(join(tmpdir(), 'agentops-postgres-')),
    port,
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    onLog: () => {},
  });
  await server.initialise();
  await server.start();
  return serverAt(`postgres://postgres:password@127.0.0.1:${port}/postgres`, () => server.stop());
}

function serverAt(url: string, stop: () => Promise<void>): PostgresServer {
  const made: string[] = [];
  const administer = async (...statements: string[]) => {
    const client = new Client(url);
    await client.connect();
    for (const statement of statements) await client.query(statement);
    await client.end();
  };
  return {
    async newDatabase() {
      const name = `agentops_${randomUUID().replaceAll('-', '')}`;
      await administer(`CREATE DATABASE ${name}`);
      made.push(name);
      return Object.assign(new URL(url), { pathname: `/${name}` }).href;
    },
    async stop() {
      await administer(...made.map((name) => `DROP DATABASE ${name} WITH (FORCE)`));
      await stop();
    },
  };
}

/** A port nothing listens on. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => probe.once('listening', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
