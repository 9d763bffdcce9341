import { randomUUID } from 'node:crypto';
import { Client } from 'pg';

/** A node of a cluster, as its coordinator knows it. */
interface Node {
  name: string;
  port: number;
}

/** A Citus cluster for the tests of one file. */
export interface CitusCluster {
  /** Makes an empty database that every node has, and returns its URL at the coordinator. */
  newDatabase(): Promise<string>;
  /** The same without the extension: a PostgreSQL like any other. */
  newPlainDatabase(): Promise<string>;
  /** Makes such a database one of the cluster. */
  join(url: string): Promise<void>;
  /** The same database at a worker. */
  atWorker(url: string): Promise<string>;
  stop(): Promise<void>;
}

/**
 * The cluster whose coordinator `url` names. Its workers must be reachable from here by the names the coordinator has for
 * them, with the same credentials: each node needs a database, and the extension in it, before they can know each other.
 */
export function citusAt(url: string): CitusCluster {
  const made: string[] = [];
  const everywhere = async (of: string): Promise<string[]> => [
    of,
    ...(await workersOf(url)).map((worker) => at(of, worker)),
  ];

  const newPlainDatabase = async () => {
    const name = `agentops_${randomUUID().replaceAll('-', '')}`;
    await onEach(await everywhere(url), [`CREATE DATABASE ${name}`]);
    made.push(name);
    return inDatabase(url, name);
  };

  const join = async (database: string) => {
    await onEach(await everywhere(database), ['CREATE EXTENSION citus']);
    const { hostname, port } = new URL(url);
    const workers = await workersOf(url);
    await onEach(
      [database],
      [
        `SELECT citus_set_coordinator_host('${hostname}', ${port || 5432})`,
        ...workers.map(({ name, port }) => `SELECT citus_add_node('${name}', ${port})`),
      ],
    );
  };

  return {
    newPlainDatabase,
    join,
    async newDatabase() {
      const database = await newPlainDatabase();
      await join(database);
      return database;
    },
    async atWorker(database) {
      const [, worker] = await everywhere(database);
      if (worker === undefined) throw new Error('the cluster has no worker');
      return worker;
    },
    async stop() {
      const drops = made.map((name) => `DROP DATABASE ${name} WITH (FORCE)`);
      // The coordinator first: it would go on asking its workers.
      for (const node of await everywhere(url)) await onEach([node], drops);
    },
  };
}

async function workersOf(url: string): Promise<Node[]> {
  const client = new Client(url);
  await client.connect();
  const { rows } = await client.query<Node>(
    'SELECT nodename AS name, nodeport AS port FROM pg_dist_node WHERE groupid <> 0 ORDER BY nodeid',
  );
  await client.end();
  return rows;
}

async function onEach(urls: readonly string[], statements: readonly string[]): Promise<void> {
  await Promise.all(
    urls.map(async (url) => {
      const client = new Client(url);
      await client.connect();
      for (const statement of statements) await client.query(statement);
      await client.end();
    }),
  );
}

const inDatabase = (url: string, name: string): string =>
  Object.assign(new URL(url), { pathname: `/${name}` }).href;

const at = (url: string, { name, port }: Node): string =>
  Object.assign(new URL(url), { hostname: name, port }).href;
