import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { openServerStore, type SpanStore } from '@agentops/server';
import type { Command } from 'commander';
import { CommandFailure, isLocked } from './failure.ts';
import { type StoreFlags, storeOf } from './options.ts';

/**
 * Runs `work` on the store that `flags` mean, and closes it. It is brought up to date unless `migrate` is false, and made
 * where it is missing unless `create` is. With `anyTime` it takes spans of any age.
 */
export async function withStore(
  command: Command,
  flags: StoreFlags,
  work: (store: SpanStore) => Promise<void>,
  { migrate = true, create = true, anyTime = false } = {},
): Promise<void> {
  const where = storeOf(command, flags);
  const { dataDir } = where;
  if (!create && dataDir !== undefined && !existsSync(join(dataDir, 'postgres'))) {
    throw new CommandFailure(
      `There is no database in ${resolve(dataDir)}. Name the right directory with --data-dir, or a PostgreSQL with --database-url.`,
    );
  }
  const store = await openServerStore(where, { migrate, create: create || !migrate, anyTime }).catch(
    (error: unknown) => {
      throw isLocked(error)
        ? new CommandFailure('A backend has this store open: stop it, run this again, and start it anew.', {
            cause: error,
          })
        : error;
    },
  );
  try {
    await work(store);
  } catch (error) {
    // What the command told the store about a file, it tells the user.
    throw error instanceof Error && error.cause instanceof CommandFailure ? error.cause : error;
  } finally {
    await store.close();
  }
}
