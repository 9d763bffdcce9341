import type { ClusterStatus } from '@agentops/server';
import { Command } from 'commander';
import { placeOf } from '../backend.ts';
import { CommandFailure } from '../failure.ts';
import {
  addRetentionOptions,
  addStoreOptions,
  type RetentionFlags,
  retentionOf,
  type StoreFlags,
  storeOf,
} from '../options.ts';
import { withStore } from '../store.ts';
import { bad, columns, counted, doubtful, print, size } from '../terminal.ts';
import { distributeCommand } from './db-distribute.ts';
import { dumpCommand, importCommand, restoreCommand } from './db-dump.ts';

/** `agentops db`: the database behind a backend. */
export function dbCommand(): Command {
  return new Command('db')
    .description('the database: status, migrate, prune, delete, dump, restore, import, distribute')
    .addCommand(statusCommand())
    .addCommand(migrateCommand())
    .addCommand(pruneCommand())
    .addCommand(deleteCommand())
    .addCommand(dumpCommand())
    .addCommand(restoreCommand())
    .addCommand(importCommand())
    .addCommand(distributeCommand());
}

function statusCommand(): Command {
  return addStoreOptions(new Command('status'))
    .description('schema version, partitions, shards and sizes; changes nothing')
    .action((flags: StoreFlags, command: Command) =>
      withStore(
        command,
        flags,
        async ({ maintenance }) => {
          const { schema, partitions, sessions, isRollingUp, cluster } = await maintenance.status();
          const total = partitions.reduce((sum, { bytes }) => sum + bytes, 0);
          print(
            columns([
              ['Database', placeOf(storeOf(command, flags))],
              ['Schema', `version ${schema.version}${remarkOn(schema)}`],
              [
                'Sessions',
                `${sessions.toLocaleString('en')}${isRollingUp ? ', and totals still to be made' : ''}`,
              ],
              ['Spans', `${size(total)} in ${counted(partitions.length, 'partition')}`],
              ...(cluster === undefined ? [] : [['Citus', placementOf(cluster)]]),
            ]),
          );
          if (cluster !== undefined && cluster.tables.length > 0) {
            print();
            const rows = cluster.nodes.map(({ name, shards, bytes }) => [
              name,
              shards.toLocaleString('en'),
              size(bytes),
            ]);
            print(columns([['NODE', 'SHARDS', 'SIZE'], ...rows]));
          }
          if (partitions.length === 0) return;
          print();
          const rows = partitions.map(({ name, from, to, bytes }) => [name, from, to, size(bytes)]);
          print(columns([['PARTITION', 'FROM', 'BEFORE', 'SIZE'], ...rows]));
        },
        { migrate: false, create: false },
      ),
    );
}

function placementOf({ tables, shards, nodes }: ClusterStatus): string {
  if (tables.length === 0) return doubtful('not distributed yet: run `agentops db distribute`');
  const idle = nodes.filter((node) => node.shards === 0).length;
  const remark =
    idle === 0 ? '' : doubtful(`; ${counted(idle, 'node')} without: SELECT citus_rebalance_start()`);
  return `${tables.join(', ')} in ${counted(shards, 'shard')} on ${counted(nodes.length, 'node')}${remark}`;
}

function remarkOn({ version, known }: { version: number; known: number }): string {
  if (version === known) return ', up to date';
  return version < known
    ? bad(`; this program has ${known}: run \`agentops db migrate\``)
    : bad(`; this program knows ${known}: upgrade it`);
}

function migrateCommand(): Command {
  return addStoreOptions(new Command('migrate'))
    .description('bring the schema up to date, as a backend does when it starts')
    .action((flags: StoreFlags, command: Command) =>
      withStore(command, flags, async ({ maintenance }) => {
        const { schema } = await maintenance.status();
        print(`The schema has version ${schema.version}: up to date.`);
      }),
    );
}

function pruneCommand(): Command {
  return addRetentionOptions(addStoreOptions(new Command('prune')))
    .description('drop spans that are too old, or too many, in whole partitions')
    .action((flags: StoreFlags & RetentionFlags, command: Command) => {
      const retention = retentionOf(flags);
      if (Object.keys(retention).length === 0) {
        throw new CommandFailure('Say what to keep: --retention-days DAYS, --retention-bytes SIZE, or both.');
      }
      return withStore(
        command,
        flags,
        async ({ maintenance }) => {
          const { dropped, sessions, bytes } = await maintenance.prune(retention);
          if (dropped.length === 0) return print(`Nothing to drop: ${size(bytes)} of spans are kept.`);
          const freed = dropped.reduce((sum, partition) => sum + partition.bytes, 0);
          print(
            `Dropped ${counted(dropped.length, 'partition')} (${dropped.map(({ name }) => name).join(', ')}) with ` +
              `${counted(sessions, 'session')}: ${size(freed)} freed, ${size(bytes)} kept.`,
          );
        },
        { create: false },
      );
    });
}

interface DeleteFlags extends StoreFlags {
  project?: string;
  session?: string;
  user?: string;
  yes?: true;
}

function deleteCommand(): Command {
  return addStoreOptions(new Command('delete'))
    .description('delete a session, everything a project has, or everything of a user, for good')
    .option('--session <id>', 'the session; --project says whose, `default` if left out')
    .option('--project <project>', 'alone: all sessions of the project, though not its keys')
    .option('--user <id>', 'all sessions in which a span names this user.id; --project for one project only')
    .option('--yes', 'really delete')
    .action((flags: DeleteFlags, command: Command) => {
      const { session, project, user } = flags;
      if (session !== undefined && user !== undefined) {
        throw new CommandFailure('--session and --user exclude each other; leave one out.');
      }
      if (session === undefined && user === undefined && project === undefined) {
        throw new CommandFailure('Say what to delete: --session ID, --project PROJECT or --user ID.');
      }
      if (flags.yes === undefined) {
        throw new CommandFailure(
          `This would delete ${objectOf(flags)} and cannot be undone. Add --yes to do it.`,
        );
      }
      return withStore(
        command,
        flags,
        async ({ maintenance }) => {
          const deleted =
            session !== undefined
              ? await maintenance.deleteSession(project ?? 'default', session)
              : user !== undefined
                ? await maintenance.eraseUser(user, project)
                : await maintenance.deleteProject(project ?? '');
          const { traces, spans, rejected } = deleted;
          if (traces + rejected === 0) throw new CommandFailure(`There is nothing of ${objectOf(flags)}.`);
          const aside = rejected === 0 ? '' : `, and ${counted(rejected, 'rejected span')}`;
          print(`Deleted ${counted(spans, 'span')} in ${counted(traces, 'trace')}${aside}.`);
        },
        { create: false },
      );
    });
}

function objectOf({ session, project, user }: DeleteFlags): string {
  if (session !== undefined) return `session ${session} of project ${project ?? 'default'}`;
  if (user !== undefined) {
    return `every session of user ${user} in ${project === undefined ? 'all projects' : `project ${project}`}`;
  }
  return `all sessions of project ${project}`;
}
