import { readdir, readFile } from 'node:fs/promises';
import { isDistributed } from '../citus/distribution.ts';
import { type Engine, type Queryable, transact } from '../engines/engine.ts';
import { StoreError } from '../errors.ts';
import { statementsOf } from './statements.ts';
import { hasTable } from './tables.ts';

interface Migration {
  version: number;
  sql: string;
}

const DIRECTORY = new URL('../../migrations/', import.meta.url);

/**
 * Brings the `agentops` schema of the database to this program's version, forward only. Programs that start at the
 * same time take turns. Throws a `StoreError` with code `newer_schema` where a newer program has been here.
 */
export async function migrate(engine: Engine): Promise<void> {
  const migrations = await readMigrations();
  await transact(engine, async (tx) => {
    await tx.query(`SELECT pg_advisory_xact_lock(hashtext('agentops migrations'))`);
    const current = await versionOf(tx);
    const known = migrations.at(-1)?.version ?? 0;
    if (current > known) throw newerSchema(current, known);
    if (current === known) return;
    // Citus hands statements on to its workers by the text they came in, and then one after the other.
    const inPieces = await isDistributed(tx);
    if (inPieces) await tx.exec(`SET LOCAL citus.multi_shard_modify_mode = 'sequential'`);
    for (const { version, sql } of migrations.filter((migration) => migration.version > current)) {
      for (const statement of inPieces ? statementsOf(sql) : [sql]) await tx.exec(statement);
      await tx.query('INSERT INTO agentops.schema_version (version) VALUES ($1)', [version]);
    }
  });
}

/** The version of the database's schema, and the newest this program knows. */
export async function schemaVersions(db: Queryable): Promise<{ version: number; known: number }> {
  const known = (await readMigrations()).at(-1)?.version ?? 0;
  return { version: (await hasTable(db, 'schema_version')) ? await latestVersion(db) : 0, known };
}

/**
 * Sees that the schema is that of this program, and changes nothing. Throws a `StoreError` that says what to do where it is
 * missing, older or newer.
 */
export async function requireSchema(db: Queryable): Promise<void> {
  const { version, known } = await schemaVersions(db);
  if (version > known) throw newerSchema(version, known);
  if (version < known) {
    throw new StoreError(
      'older_schema',
      `The database has schema version ${version}, this program needs ${known}: ` +
        'let it migrate the schema (migrate: true), or have somebody do so who may',
    );
  }
}

/**
 * Throws a `StoreError` where there is no store: what is done to the wrong database must not look as if it were done, and must
 * not make a store there.
 */
export async function requireStore(db: Queryable): Promise<void> {
  if (await hasTable(db, 'schema_version')) return;
  throw new StoreError('older_schema', 'There is no store in this database: name the one that has it');
}

async function readMigrations(): Promise<Migration[]> {
  const names = (await readdir(DIRECTORY)).filter((name) => /^\d{3}_\w+\.sql$/.test(name)).sort();
  return Promise.all(
    names.map(async (name) => ({
      version: Number.parseInt(name, 10),
      sql: await readFile(new URL(name, DIRECTORY), 'utf8'),
    })),
  );
}

async function versionOf(tx: Queryable): Promise<number> {
  // Asked first, because CREATE … IF NOT EXISTS needs the right to create even where there is nothing to do.
  if (!(await hasTable(tx, 'schema_version'))) {
    await requireUtf8(tx);
    await tx.exec(`
      CREATE SCHEMA IF NOT EXISTS agentops;
      CREATE TABLE agentops.schema_version (version int PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now());
    `);
  }
  return latestVersion(tx);
}

/** Spans have text in any language, which is cut by characters; in another encoding it would be lost, or cut amid one. */
async function requireUtf8(tx: Queryable): Promise<void> {
  const [row] = await tx.query<{ server_encoding: string }>('SHOW server_encoding');
  if (row?.server_encoding === 'UTF8') return;
  throw new StoreError(
    'invalid_options',
    `The database is encoded in ${row?.server_encoding}, and the store needs UTF8: ` +
      `make one by CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0`,
  );
}

async function latestVersion(db: Queryable): Promise<number> {
  const [row] = await db.query<{ version: number }>(
    'SELECT coalesce(max(version), 0) AS version FROM agentops.schema_version',
  );
  return row?.version ?? 0;
}

/** @param what Has the schema: the database itself, unless another is named. */
export function newerSchema(current: number, known: number, what = 'The database'): StoreError {
  return new StoreError(
    'newer_schema',
    `${what} has schema version ${current}, this program knows ${known}: ` +
      'it comes from a newer release; upgrade @agentops/postgres, or use another database',
  );
}
