import { Command, InvalidArgumentError } from 'commander';
import { CommandFailure } from '../failure.ts';
import { addStoreOptions, type StoreFlags, storeOf } from '../options.ts';
import { withStore } from '../store.ts';
import { print } from '../terminal.ts';

/** `agentops db distribute`: from one PostgreSQL to a cluster. */
export function distributeCommand(): Command {
  return addStoreOptions(new Command('distribute'))
    .description(
      'distribute the tables of a PostgreSQL over the workers of a Citus cluster, with what is in them',
    )
    .option('--shards <number>', 'shards of each table; citus.shard_count if left out, 32 by default', shards)
    .action((flags: StoreFlags & { shards?: number }, command: Command) => {
      if (storeOf(command, flags).databaseUrl === undefined) {
        throw new CommandFailure(
          'The embedded database cannot be distributed. Name the coordinator of a Citus cluster with --database-url.',
        );
      }
      return withStore(command, flags, async ({ maintenance }) => {
        const tables = await maintenance.distribute({ shards: flags.shards });
        const { cluster } = await maintenance.status();
        const over = `${cluster?.shards ?? 0} shards on ${cluster?.nodes.length ?? 0} nodes`;
        print(
          tables.length === 0
            ? `Distributed already: ${over}.`
            : `Distributed ${tables.join(', ')} over ${over}.`,
        );
      });
    });
}

function shards(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1 && number <= 64_000) return number;
  throw new InvalidArgumentError('Expected a whole number from 1 to 64000.');
}
