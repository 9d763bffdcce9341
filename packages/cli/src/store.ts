import { openServerStore, type SpanStore } from '@agentops/server';
import type { Command } from 'commander';
import { CommandFailure, isLocked } from './failure.ts';
import { type StoreFlags, storeOf } from './options.ts';

/**
 * Runs `work` on the store that `flags` mean, brought up to date unless `migrate` is false, and closes the store. With
 * `anyTime` it takes spans of any age.
 */
export async function withStore(
  command: Command,
  flags: StoreFlags,
  work: (store: SpanStore) => Promise<void>,
  { migrate = true, anyTime = false } = {},
): Promise<void> {
  const store = await openServerStore(storeOf(command, flags), { migrate, anyTime }).catch(
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
  } finally {
    await store.close();
  }
}
