import { type Engine, type Transaction, transact } from '../engines/engine.ts';
import { StoreError } from '../errors.ts';
import { requireSchema } from '../schema/migrations.ts';
import { distributedTables, hasCitus } from './distribution.ts';

/** How a store is distributed. */
export interface DistributeOptions {
  /** Shards of each table, from 1 to 64,000; where it is left out, as the server says (`citus.shard_count`, 32). */
  readonly shards?: number | undefined;
}

/** What the spans of a trace make, each row known by its trace: one shard has all of a trace, in all of these tables. */
const BY_TRACE = ['spans', 'traces', 'trace_hours'] as const;

/** What statements call that go to the workers: a database that was there before the extension has it at home only. */
const FUNCTIONS = ['identifiable(jsonb)', 'pairs_of(jsonb)', 'time_of(bigint)'];

const MOST_SHARDS = 64_000;

/**
 * Turns the tables of a database into distributed ones, with what is in them, and resolves to those it has turned: none
 * where all are already. Writers wait meanwhile. Throws a `StoreError` of code `invalid_options` where there is no
 * Citus or this is not its coordinator.
 */
export async function distribute(
  engine: Engine,
  { shards }: DistributeOptions = {},
): Promise<readonly string[]> {
  if (shards !== undefined && !(Number.isInteger(shards) && shards >= 1 && shards <= MOST_SHARDS)) {
    throw new StoreError(
      'invalid_options',
      `shards is ${shards}; give a whole number from 1 to ${MOST_SHARDS.toLocaleString('en')}`,
    );
  }
  await requireCoordinator(engine);
  await requireSchema(engine);
  return transact(engine, async (tx) => {
    // As migrations do, and any other that distributes.
    await tx.query(`SELECT pg_advisory_xact_lock(hashtext('agentops migrations'))`);
    // First: after tables Citus would need the very connections these were made on.
    for (const name of FUNCTIONS) await tx.query(`SELECT create_distributed_function('agentops.${name}')`);
    const there = await distributedTables(tx);
    const missing = BY_TRACE.filter((table) => !there.includes(table));
    for (const table of missing) await distributeTable(tx, table, shards);
    return missing;
  });
}

async function distributeTable(
  tx: Transaction,
  table: (typeof BY_TRACE)[number],
  shards: number | undefined,
): Promise<void> {
  const [first] = BY_TRACE;
  const how =
    table !== first
      ? `, colocate_with => 'agentops.${first}'`
      : // Not with whatever else is distributed by a text: its shards are its own.
        `, colocate_with => 'none'${shards === undefined ? '' : `, shard_count => ${shards}`}`;
  await tx.query(`SELECT create_distributed_table('agentops.${table}', 'trace_id'${how})`);
  // The rows are at the workers now; those they were copied from take room and are never looked at again.
  await tx.query(`SELECT truncate_local_data_after_distributing_table('agentops.${table}')`);
}

async function requireCoordinator(engine: Engine): Promise<void> {
  if (!(await hasCitus(engine))) {
    throw new StoreError(
      'invalid_options',
      'The database has no Citus: install it on every server, CREATE EXTENSION citus in this database on each, ' +
        'and make the workers known to the coordinator (citus_add_node)',
    );
  }
  const [row] = await engine.query<{ is_coordinator: boolean }>(
    'SELECT citus_is_coordinator() AS is_coordinator',
  );
  if (row?.is_coordinator !== true) {
    throw new StoreError(
      'invalid_options',
      'This database is a worker of a Citus cluster: name the coordinator',
    );
  }
}
