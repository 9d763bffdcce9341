import { type DumpCounts, importTraces } from '@agentops/server';
import { Command } from 'commander';
import { CommandFailure } from '../failure.ts';
import { readLines, writeGzip } from '../line-files.ts';
import { addStoreOptions, type StoreFlags } from '../options.ts';
import { withStore } from '../store.ts';
import { counted, print } from '../terminal.ts';

/** `agentops db dump`: a backup in one file. */
export function dumpCommand(): Command {
  return addStoreOptions(new Command('dump'))
    .description('write all spans and keys to a file, which `restore` reads into any store')
    .requiredOption(
      '--to <file>',
      'file to write, gzip; an existing one is replaced when the new one is whole',
    )
    .action((flags: StoreFlags & { to: string }, command: Command) =>
      withStore(
        command,
        flags,
        async ({ maintenance }) => {
          const counts = await writeGzip(flags.to, (write) => maintenance.dump(write));
          print(`Wrote ${described(counts)} to ${flags.to}.`);
        },
        { migrate: false, create: false },
      ),
    );
}

/** `agentops db restore`: the store of a dump, in whatever database. */
export function restoreCommand(): Command {
  return addStoreOptions(new Command('restore'))
    .description('read a dump into an empty store, embedded or PostgreSQL, wherever it came from')
    .requiredOption('--from <file>', 'file that `dump` has written')
    .option('--force', 'add to a store that holds data already')
    .action(async (flags: StoreFlags & { from: string; force?: true }, command: Command) => {
      const { from, force = false } = flags;
      const lines = await readLines(from);
      await withStore(command, flags, async ({ maintenance }) => {
        const counts = await maintenance.restore(lines, { force }).catch((error: unknown) => {
          throw isNotEmpty(error)
            ? new CommandFailure(
                'The store holds data already. Restore into an empty one, or add --force: what is in both stays one row.',
              )
            : error;
        });
        print(`Restored ${described(counts)}.`);
      });
    });
}

/** `agentops db import`: old data, which ingest would refuse. */
export function importCommand(): Command {
  return addStoreOptions(new Command('import'))
    .description(
      "store spans of any age from a file of OTLP requests in JSON, one a line (the Collector's file exporter)",
    )
    .requiredOption('--from <file>', 'file to read, plain or gzip')
    .option('--project <project>', 'project to store them in', 'default')
    .action(async (flags: StoreFlags & { from: string; project: string }, command: Command) => {
      const lines = await readLines(flags.from);
      await withStore(
        command,
        flags,
        async (store) => {
          const { stored, rejected } = await importTraces(store, flags.project, lines);
          if (stored + rejected === 0) {
            throw new CommandFailure(
              `${flags.from} has no spans: expected OTLP requests in JSON, one a line. A dump is read by \`agentops db restore\`.`,
            );
          }
          await store.settle();
          const lost =
            rejected === 0 ? '' : `; ${counted(rejected, 'span')} cannot be stored: see rejected_spans`;
          print(`Imported ${counted(stored, 'span')}${lost}.`);
        },
        { anyTime: true },
      );
    });
}

function described({ spans, rejected_spans, api_keys }: DumpCounts): string {
  const rejected = rejected_spans === 0 ? '' : `, ${counted(rejected_spans, 'rejected span')}`;
  return `${counted(spans, 'span')}${rejected} and ${counted(api_keys, 'key')}`;
}

function isNotEmpty(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'not_empty';
}
